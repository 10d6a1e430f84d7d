"""Where a journey's time went: a way through invocations, told without an application."""

from typing import Any

import pytest

from harness.load.attribution import Ways, Where, explained, shares, slowest
from harness.load.journeys import Journey, journeys
from tests.harness.laws.telling import Telling

SUBMIT = "POST /orders"


def wire(
    told: Telling, name: str, at: float, end: float, by: str, source: str, **value: Any
) -> None:
    """An AWS call; ``by`` is the function, and its invocation where it has only one."""
    function, _, invocation = by.partition("/")
    key = value.pop("key", "a")
    asked = {
        "function": function,
        "invocation": invocation or function,
        "cause": {"kind": source},
        **value,
    }
    told.call(name, at, took=end - at, key=key, feed="wire", asked=asked)


def way() -> Telling:
    """A request writes, the stream's follower sends, a worker pays and writes."""
    told = Telling().call(SUBMIT, 0.0, took=1.0, key="a")
    wire(told, "dynamodb.PutItem", 0.5, 0.6, "Submit", "api", resource="Orders")
    wire(told, "sqs.SendMessage", 1.0, 1.2, "Follow", "aws:dynamodb", resource="Queue")
    wire(told, "dynamodb.GetItem", 3.2, 3.4, "Pay", "aws:sqs", resource="Orders", coldStart=0.5)
    told.call("till.pay", 3.5, took=1.0, key="a", feed="double", asked={"function": "Pay"})
    wire(told, "dynamodb.UpdateItem", 4.6, 4.7, "Pay", "aws:sqs", resource="Orders")
    return told.life("a", "NEW", at=0.7).step("a", 4.8, "NEW", "OPEN")


def spent(told: Telling) -> dict[tuple[str, Where], float]:
    history = told.history
    (journey,) = journeys(history, [SUBMIT], "order.status")
    found = Ways(history, {"Orders"}).of(journey, ["OPEN"])
    assert found is not None
    return {(function, kind): pytest.approx(s, abs=1e-6) for function, kind, s in found if s}


def test_each_part_of_the_way_is_told_by_function_and_kind() -> None:
    assert spent(way()) == {
        ("Submit", Where.GATEWAY): 0.5,
        ("Submit", Where.AWS): 0.1,
        ("Follow", Where.STREAM): 0.4,
        ("Follow", Where.AWS): 0.2,
        ("Pay", Where.COLD): 0.5,
        ("Pay", Where.QUEUE): 1.5,
        ("Pay", Where.AWS): 0.3,
        ("Pay", Where.THIRD_PARTY): 1.0,
        ("Pay", Where.CODE): 0.2,
    }


def test_what_runs_beside_the_way_takes_none_of_its_time() -> None:
    told = way()
    wire(told, "events.PutEvents", 1.0, 4.0, "Tell", "aws:dynamodb", resource="Bus")
    for at in (0.8, 4.75):  # marks that somebody was told, also after the last step
        wire(told, "dynamodb.UpdateItem", at, at + 0.02, "Tell", "aws:dynamodb", resource="Orders")
    assert spent(told) == spent(way())


def test_a_message_that_was_tried_before_waits_for_its_retry() -> None:
    told = way()
    wire(told, "dynamodb.GetItem", 1.5, 1.6, "Pay/first", "aws:sqs", resource="Orders")
    assert spent(told)["Pay", Where.RETRY] == 1.5
    assert ("Pay", Where.QUEUE) not in spent(told)


def test_the_others_of_a_batch_are_waited_for() -> None:
    told = way()
    wire(told, "dynamodb.GetItem", 2.2, 2.7, "Pay", "aws:sqs", resource="Orders", key="b")
    found = spent(told)
    assert found["Pay", Where.BATCH] == 1.0
    assert found["Pay", Where.QUEUE] == 1.0


def test_a_way_without_a_beginning_is_not_made_up() -> None:
    told = Telling().call(SUBMIT, 0.0, key="a")
    wire(told, "dynamodb.UpdateItem", 4.6, 4.7, "Pay", "aws:sqs", resource="Orders")
    told.life("a", "NEW", at=0.7).step("a", 4.8, "NEW", "OPEN")
    history = told.history
    some = journeys(history, [SUBMIT], "order.status")
    ways = Ways(history, {"Orders"})
    assert ways.of(some[0], ["OPEN"]) is None
    assert explained(ways, some, ["OPEN"]).unexplained == 1


def test_the_bottleneck_is_what_most_is_spent_on() -> None:
    history = way().history
    told = explained(
        Ways(history, {"Orders"}), journeys(history, [SUBMIT], "order.status"), ["OPEN"]
    )
    assert told.bottleneck == ("Pay", Where.QUEUE, 1.5)
    assert told.seconds == pytest.approx(4.7)
    assert told.by_kind[Where.AWS] == pytest.approx(0.6)


def test_each_moment_belongs_to_the_first_layer_that_covers_it() -> None:
    layers = [(Where.THIRD_PARTY, [(1.0, 3.0)]), (Where.AWS, [(2.0, 4.0), (2.5, 3.5), (9, 99)])]
    assert shares(0.0, 10.0, layers) == {
        Where.THIRD_PARTY: 2.0,
        Where.AWS: 2.0,
        Where.CODE: 6.0,
    }


def test_the_slowest_are_of_those_that_got_there_and_one_at_least() -> None:
    (call,) = journeys(Telling().call(SUBMIT, 0.0, key="a").history, [SUBMIT], "order.status")
    ends = {"a": 1.0, "b": 5.0, "c": 3.0}
    some = [Journey(key, call.call, {"OPEN": at}, "OPEN") for key, at in ends.items()]
    some.append(Journey("never", call.call, {}, None))
    assert [j.key for j in slowest(some, ["OPEN"], 0.05)] == ["b"]
    assert [j.key for j in slowest(some, ["OPEN"], 0.7)] == ["c", "b"]
