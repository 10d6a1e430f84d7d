from pathlib import Path

from harness.clients import telling
from harness.engine.companions import Overheard
from harness.faults import FaultBox, fault
from harness.model import Header
from harness.recorder import Recorder, Redaction


def overheard_by(recorder: Recorder) -> Overheard:
    return Overheard(recorder, FaultBox(recorder), ["orderId"])


def overheard(tmp_path: Path) -> Overheard:
    redact = Redaction.allowing(["orderId"])
    return overheard_by(Recorder(tmp_path / "h.jsonl", Header(), redact=redact))


def test_an_operation_is_a_call_of_the_clients_feed_about_its_entity(tmp_path: Path) -> None:
    heard = overheard(tmp_path)
    record = heard.ear()
    given = {"mode": "AWS_IAM", "variables": {"update": {"orderId": "o1", "email": "a@b.example"}}}
    record("invoke", 1, "mutation publish", given)
    record("ok", 1, "mutation publish", {"seconds": 0.1, "data": {"publish": {"orderId": "o1"}}})
    start, end = heard.recorder.history.records
    assert (start.feed, start.name, start.key, start.kind) == (
        "client", "mutation publish", "o1", "invoke",
    )  # fmt: skip
    assert (end.call, end.kind, end.key) == (start.call, "ok", "o1")
    assert end.value["body"] == {"orderId": "o1"}
    assert "a@b.example" not in str(start.value)


def test_two_fronts_may_use_the_same_numbers(tmp_path: Path) -> None:
    heard = overheard(tmp_path)
    one, other = heard.ear(), heard.ear()
    one("invoke", 1, "query a", {})
    other("invoke", 1, "query b", {})
    one("ok", 1, "query a", {"data": None})
    other("fail", 1, "query b", {"data": None})
    assert [(r.name, r.kind) for r in heard.recorder.history.records[2:]] == [
        ("query a", "ok"), ("query b", "fail"),
    ]  # fmt: skip


def test_what_its_maker_records_is_not_recorded_again(tmp_path: Path) -> None:
    heard = overheard(tmp_path)
    assert heard.told(telling())
    assert not heard.told({"authorization": "x"})


def test_a_fault_is_on_the_record_of_the_operation_that_it_happened_to(tmp_path: Path) -> None:
    heard = overheard(tmp_path)
    lost = fault("appsync.publish", "lose")
    heard.faults.inject(lost)
    ear = heard.ear()
    given = {"update": {"orderId": "o1"}}
    ear("invoke", 1, "mutation publish", {"variables": given})
    assert ear.plan(1, "other", given) is None
    planned = ear.plan(1, "publish", given)
    assert planned == lost
    ear.fired(1, planned)
    ear("info", 1, "mutation publish", {})
    end = heard.recorder.history.records[-1]
    assert (end.kind, end.fault, end.key) == ("info", lost.id, "o1")
    assert [f.fault for f in heard.faults.firings] == [lost.id]


def test_whoever_waits_for_what_is_published_is_told_of_each_mutation_that_was_carried_out(
    tmp_path: Path,
) -> None:
    heard, told = overheard(tmp_path), []
    heard.published.append(lambda *said: told.append(said))
    ear = heard.ear()
    answer = {"data": {"publish": {"orderId": "o1", "note": "raw"}}}
    for number, (kind, name) in enumerate(
        (("ok", "mutation publish"), ("fail", "mutation publish"), ("ok", "query order"))
    ):
        ear("invoke", number, name, {})
        ear(kind, number, name, answer)
    assert told == [("publish", {"orderId": "o1", "note": "raw"}, "o1")]
