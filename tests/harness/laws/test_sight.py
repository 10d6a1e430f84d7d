"""What nobody could see is said in the history, and no law about it judges that again."""

from pathlib import Path

from harness.laws import dump, no_secret, nothing_lost
from harness.laws.check import recheck
from harness.laws.sight import UNSEEN, as_value, lack, unseen_in
from harness.model import Capability, Header, UnknownKind, Verdict
from harness.recorder import Recorder, read_history

LAW = nothing_lost("POST /orders", ("DONE",), entity="order.status")
NOT_READ = {"order.status": lack(Capability.STREAM_READ, "the caller may not read the stream")}


def test_a_law_about_what_nobody_saw_is_unknown_when_it_is_judged_again(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "h.jsonl", Header(laws=(dump(LAW), dump(no_secret()))))
    recorder.observe(UNSEEN, value=as_value(NOT_READ))
    call = recorder.invoke("client", "POST /orders", key="o1")
    recorder.complete(call, "ok", key="o1", value={"status": 202})
    recorder.observe("case.settled", value={"quiet": True})
    recorder.close()
    history = read_history(tmp_path / "h.jsonl")
    assert unseen_in(history) == NOT_READ
    lost, secret = recheck(history)
    assert (lost.verdict, lost.unknown) == (Verdict.UNKNOWN, UnknownKind.CAPABILITY)
    assert "it is about order.status: the caller may not read the stream" in lost.why
    assert secret.unknown is not UnknownKind.CAPABILITY
