"""The law of messages."""

from pathlib import Path

from harness.laws import dump, load, messages_kept
from harness.model import Header, History, Json, Verdict
from harness.recorder import Recorder


def history(tmp_path: Path, *messages: tuple[str, list[Json]]) -> History:
    recorder = Recorder(tmp_path / "h.jsonl", Header())
    for channel, flaws in messages:
        value = {"message": "pay", "flaws": flaws}
        recorder.observe(f"message.{channel}", key="o1", value=value, feed="wire")
    recorder.close()
    return recorder.history


FLAW = {"kind": "version", "title": "the body has no schemaVersion"}


def test_messages_that_keep_their_contract_pass(tmp_path: Path) -> None:
    judged = messages_kept().judge(history(tmp_path, ("work", []), ("bus", [])))
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 2)


def test_one_that_breaks_it_is_found_once_with_its_channel(tmp_path: Path) -> None:
    judged = messages_kept().judge(history(tmp_path, ("work", [FLAW]), ("work", [FLAW])))
    [finding] = judged.findings
    assert "work" in finding.title
    assert "the body has no schemaVersion" in finding.title
    assert (finding.seen, finding.keys) == (2, ("o1",))


def test_one_channel_is_judged_by_itself(tmp_path: Path) -> None:
    told = history(tmp_path, ("work", [FLAW]), ("bus", []))
    assert messages_kept("bus").judge(told).verdict is Verdict.PASS
    assert messages_kept("work").judge(told).verdict is Verdict.FAIL


def test_no_message_at_all_is_unknown(tmp_path: Path) -> None:
    assert messages_kept().judge(history(tmp_path)).verdict is Verdict.UNKNOWN


def test_it_is_data() -> None:
    law = messages_kept("work")
    assert load(dump(law)) == law
