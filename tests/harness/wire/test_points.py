"""The fault points of a case: the calls of its functions, each told by data that a replay has."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.model import History, Json, Point
from harness.recorder import Recorder
from harness.wire import points_of

Call = Callable[..., None]


@pytest.fixture
def call(recorder: Recorder) -> Call:
    def make(
        name: str, *, function: str | None = "Pay", resource: str = "Orders", attempt: int = 1,
        sdk_call: str = "", case: str = "c1", key: str | None = None,
        by_cause: bool = False, **asked: Json,
    ) -> None:  # fmt: skip
        value: dict[str, Any] = {"function": function, "resource": resource, "attempt": attempt}
        value |= {"sdkCall": sdk_call or f"{len(recorder)}", "request": asked}
        value |= {"keyOf": "cause"} if by_cause else {}
        number = recorder.invoke("wire", name, key=key, value=value, cases=(case,))
        recorder.complete(number, "ok", value={"status": 200})

    return make


def points(recorder: Recorder, case: str = "c1") -> list[tuple[str, str | None, int]]:
    return [(str(p.at), p.at.function, p.nth) for p in points_of(history(recorder), case)]


def history(recorder: Recorder) -> History:
    return recorder.history


def test_calls_are_numbered_within_function_and_resource(recorder: Recorder, call: Call) -> None:
    call("dynamodb.PutItem")
    call("dynamodb.PutItem")
    call("dynamodb.PutItem", function="Match")
    call("dynamodb.PutItem", resource="Audit")
    assert points(recorder) == [
        ("dynamodb.PutItem", "Pay", 1), ("dynamodb.PutItem", "Pay", 2),
        ("dynamodb.PutItem", "Match", 1), ("dynamodb.PutItem", "Pay", 1),
    ]  # fmt: skip


def test_calls_that_name_their_entity_are_numbered_within_it(
    recorder: Recorder, call: Call
) -> None:
    for key in ("o1", "o2", "o1", None):
        call("dynamodb.PutItem", key=key)
    found = points_of(history(recorder), "c1")
    assert [(p.nth, p.per_key) for p in found] == [(1, "one"), (1, "one"), (2, "one"), (4, False)]
    assert [(f.nth, f.per_key) for f in found[2].faults()[:1]] == [(2, "one")]


def test_writes_of_no_entitys_are_told_apart_by_what_they_say(
    recorder: Recorder, call: Call
) -> None:
    for said in ("SET failed = :n", "SET probe = :me", "SET failed = :n"):
        call("dynamodb.UpdateItem", resource="Breakers", UpdateExpression=said)
    call("dynamodb.UpdateItem", key="o1", UpdateExpression="SET probe = :me")
    found = points_of(history(recorder), "c1")
    assert [(p.at.match, p.nth) for p in found] == [
        ({"UpdateExpression": "SET failed = :n"}, 1),
        ({"UpdateExpression": "SET probe = :me"}, 1),
        ({"UpdateExpression": "SET failed = :n"}, 2),
        ({}, 1),
    ]  # fmt: skip
    assert str(found[1]) == (
        "Pay: dynamodb.UpdateItem@Breakers (UpdateExpression SET probe = :me) #1"
    )


def test_what_a_history_may_not_have_whole_tells_nothing_apart(
    recorder: Recorder, call: Call
) -> None:
    call("dynamodb.UpdateItem", UpdateExpression="SET " + "a = :a, " * 60)
    assert [p.at.match for p in points_of(history(recorder), "c1")] == [{}]


def test_a_call_known_by_its_cause_alone_is_numbered_within_the_case(
    recorder: Recorder, call: Call
) -> None:
    """In a batch of several it would have no entity."""
    for key in ("o1", "o2"):
        call("sns.Publish", key=key, by_cause=True)
    found = points_of(history(recorder), "c1")
    assert [(p.nth, p.per_key) for p in found] == [(1, False), (2, False)]


def test_attempts_of_one_call_are_one_point(recorder: Recorder, call: Call) -> None:
    call("sqs.SendMessage", sdk_call="s")
    call("sqs.SendMessage", sdk_call="s", attempt=2)
    assert points(recorder) == [("sqs.SendMessage", "Pay", 1)]


def test_another_case_has_its_own(recorder: Recorder, call: Call) -> None:
    call("sqs.SendMessage", case="c1")
    call("sqs.SendMessage", case="c2")
    assert points(recorder, "c2") == [("sqs.SendMessage", "Pay", 1)]


def test_what_no_function_asked_or_nobody_understood_is_none(
    recorder: Recorder, call: Call
) -> None:
    call("sqs.SendMessage", function=None)
    call("s3.unknown")
    assert points(recorder) == []


def test_each_fault_of_a_point_is_for_that_very_call(recorder: Recorder, call: Call) -> None:
    call("dynamodb.GetItem", ConsistentRead=True)
    call("dynamodb.GetItem")
    first, second = points_of(history(recorder), "c1")
    assert first.at == Point(
        service="dynamodb", operation="GetItem", function="Pay", resource="Orders"
    )
    assert all((f.at, f.nth) == (first.at, 2) for f in second.faults())
    assert "stale" not in {f.do.do for f in first.faults()}
    assert "stale" in {f.do.do for f in second.faults()}
