"""A case leaves the stage at rest."""

from pathlib import Path

from harness.laws import quiet
from harness.laws.base import SETTLED
from harness.model import Header, History, Verdict
from harness.recorder import Recorder, read_history


def history(tmp_path: Path, *marks: bool) -> History:
    recorder = Recorder(tmp_path / "history.jsonl", Header())
    for number, at_rest in enumerate(marks):
        with recorder.case(f"s#{number}"):
            recorder.observe(SETTLED, value={"quiet": at_rest})
    recorder.close()
    return read_history(tmp_path / "history.jsonl")


def test_passes_cases_that_came_to_rest(tmp_path: Path) -> None:
    judged = quiet().judge(history(tmp_path, True, True))
    assert (judged.verdict, judged.saw) == (Verdict.PASS, 2)


def test_fails_one_that_was_still_busy_and_names_it(tmp_path: Path) -> None:
    judged = quiet().judge(history(tmp_path, True, False))
    assert judged.verdict is Verdict.FAIL
    assert [f.cases for f in judged.findings] == [("s#1",)]


def test_is_unknown_when_no_case_ended(tmp_path: Path) -> None:
    assert quiet().judge(history(tmp_path)).verdict is Verdict.UNKNOWN
