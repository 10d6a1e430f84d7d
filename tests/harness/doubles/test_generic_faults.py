"""What the host can do to any call, seen from the caller's end of a real socket."""

import json
import time
from contextlib import suppress

import pytest
import urllib3

from harness.doubles import GENERIC
from harness.faults import FaultBox, fault
from harness.model import Call
from harness.recorder import Recorder
from tests.harness.doubles.till import Sell, Till


def only(recorder: Recorder) -> Call:
    [call] = recorder.history.calls
    return call


def test_an_error_before_the_effect_leaves_nothing_done(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(fault("till.sell", "error", status=503, code="busy"))
    answer = sell()
    assert (answer.status, answer.json(), answer.headers["X-Till"]) == (
        503,
        {"trouble": "busy"},
        "sorry",
    )
    assert till.sold == 0
    assert only(recorder).outcome == "info"


def test_a_refusal_before_the_effect_is_a_fail(
    sell: Sell, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(fault("till.sell", "error", status=429))
    assert sell().status == 429
    assert only(recorder).outcome == "fail"


def test_an_error_after_the_effect_is_told_as_perhaps_done(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(fault("till.sell", "error", place="after", status=400))
    assert sell().status == 400
    assert till.sold == 1
    assert only(recorder).outcome == "info"


@pytest.mark.parametrize(("place", "sold"), [("before", 0), ("after", 1)])
def test_a_reset_breaks_the_connection(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder, place: str, sold: int
) -> None:
    box.inject(fault("till.sell", "reset", place=place))  # type: ignore[arg-type]
    with pytest.raises(urllib3.exceptions.ProtocolError, match="reset"):
        sell()
    assert till.sold == sold
    assert only(recorder).outcome == "info"


def test_a_lost_answer_has_its_effect_wherever_it_is_placed(
    till: Till, sell: Sell, box: FaultBox
) -> None:
    box.inject(fault("till.sell", "lose", nth=None, place="before"))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sell()
    assert till.sold == 1


def test_the_repeat_after_a_lost_answer_has_a_second_effect(
    till: Till, sell: Sell, box: FaultBox
) -> None:
    box.inject(fault("till.sell", "lose"))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sell()
    assert sell().json() == {"sold": 2}


@pytest.mark.parametrize(("place", "sold"), [("before", 0), ("after", 1)])
def test_a_held_call_lasts_until_the_caller_gives_up(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder, place: str, sold: int
) -> None:
    box.inject(fault("till.sell", "hold", place=place))  # type: ignore[arg-type]
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        sell()
    recorder.await_more(1, 2)
    assert till.sold == sold
    assert (only(recorder).seconds or 0) >= 0.9


def test_a_hold_ends_by_a_reset_when_its_seconds_are_over(sell: Sell, box: FaultBox) -> None:
    box.inject(fault("till.sell", "hold", seconds=0.2))
    start = time.monotonic()
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sell()
    assert 0.2 <= time.monotonic() - start < 0.9


@pytest.mark.parametrize("place", ["before", "after"])
def test_latency_delays_an_answer_that_is_otherwise_good(
    till: Till, sell: Sell, box: FaultBox, place: str
) -> None:
    box.inject(fault("till.sell", "latency", seconds=0.2, place=place))  # type: ignore[arg-type]
    start = time.monotonic()
    assert sell().status == 201
    assert time.monotonic() - start >= 0.2
    assert till.sold == 1


def test_an_answer_whose_caller_had_gone_is_told_as_perhaps_done(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(fault("till.sell", "latency", seconds=1.3))
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        sell()
    recorder.await_more(1, 2)
    assert (till.sold, only(recorder).outcome) == (1, "info")


@pytest.mark.parametrize(("place", "sold"), [("before", 0), ("after", 1)])
def test_a_truncated_answer_ends_before_its_announced_length(
    till: Till, sell: Sell, box: FaultBox, place: str, sold: int
) -> None:
    box.inject(fault("till.sell", "truncate", place=place))  # type: ignore[arg-type]
    with pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead"):
        sell()
    assert till.sold == sold


@pytest.mark.parametrize(("place", "sold"), [("before", 0), ("after", 1)])
def test_a_malformed_answer_is_whole_and_not_json(
    till: Till, sell: Sell, box: FaultBox, recorder: Recorder, place: str, sold: int
) -> None:
    box.inject(fault("till.sell", "malformed", place=place))  # type: ignore[arg-type]
    answer = sell()
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert till.sold == sold
    assert only(recorder).outcome == "info"


def test_a_duplicated_call_has_its_effect_twice_and_is_answered_once(
    till: Till, sell: Sell, box: FaultBox
) -> None:
    box.inject(fault("till.sell", "duplicate"))
    assert sell().json() == {"sold": 1}
    assert till.sold == 2


def test_a_kill_spares_whoever_is_no_function(till: Till, sell: Sell, box: FaultBox) -> None:
    box.inject(fault("till.sell", "kill"))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        sell()
    assert till.sold == 0


@pytest.mark.parametrize("do", sorted(GENERIC - {"hold"}))
def test_each_generic_fault_is_shown_to_have_fired(
    sell: Sell, box: FaultBox, recorder: Recorder, do: str
) -> None:
    planned = fault("till.sell", do, seconds=0.01)
    box.inject(planned)
    with suppress(urllib3.exceptions.HTTPError):
        sell()
    call = only(recorder)
    assert [(f.fault, f.call) for f in box.firings] == [(planned.id, call.start.call)]
    assert call.fault == planned.id
    assert box.not_fired() == ()
