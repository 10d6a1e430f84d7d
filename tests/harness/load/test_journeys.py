import math

import pytest

from harness.load.journeys import errors, journeys, percentile, requests, statistics
from tests.harness.laws.telling import Telling

SUBMIT, READ = "POST /orders", "GET /orders/{orderId}"
ME = {"identity": "me"}


def test_a_percentile_is_the_least_that_so_many_keep_to() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert [percentile(hundred, of) for of in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7


def test_what_never_ended_counts_as_the_longest_and_not_in_the_mean() -> None:
    told = statistics([1.0, 3.0, math.inf])
    assert (told.count, told.never, told.mean, told.p50) == (3, 1, 2.0, 3.0)
    assert told.p99 is None
    assert told.longest is None


def test_no_durations_have_no_statistics() -> None:
    assert statistics([]).p99 is None
    assert statistics([]).count == 0


def test_a_journey_lasts_from_its_request_to_the_first_of_the_states() -> None:
    told = Telling().call(SUBMIT, 1, key="a").life("a", "NEW", "OPEN", "DONE", at=2)
    (journey,) = journeys(told.history, [SUBMIT], "order.status")
    assert journey.until(["OPEN", "DONE"]) == pytest.approx(2)
    assert journey.until(["DONE"]) == pytest.approx(3)
    assert journey.until(["LOST"]) == math.inf
    assert journey.last == "DONE"


def test_what_was_refused_or_never_answered_began_no_journey() -> None:
    told = Telling().call(SUBMIT, 0, "fail", status=400).call(SUBMIT, 0, "info", key="a")
    assert journeys(told.history, [SUBMIT], "order.status") == []


def test_an_accepted_request_that_made_nothing_is_a_journey_that_never_ends() -> None:
    told = Telling().call(SUBMIT, 0, key="a")
    (journey,) = journeys(told.history, [SUBMIT], "order.status")
    assert journey.last is None
    assert journey.until(["DONE"]) == math.inf


def answered() -> Telling:
    told = Telling().call(SUBMIT, 0, key="a", asked=ME, seconds=0.2)
    told.call(READ, 1, "fail", key="a", asked=ME, status=429, seconds=0.1)
    told.call(READ, 2, "info", key="a", asked=ME, status=None, reason="TimeoutError", seconds=30)
    refused = {"type": "https://shop.example/problems/empty-list"}
    told.call(SUBMIT, 3, "fail", asked=ME, status=422, body=refused, seconds=0.1)
    told.call(READ, 4, None, key="a", asked=ME)
    return told.call(READ, 5, "info", key="a", asked={"identity": "somebody else"}, status=500)


def test_requests_are_counted_by_operation_as_their_customers_met_them() -> None:
    read, submit = requests(answered().history, {"me"})
    assert (read.operation, read.count, read.refused, read.failed) == (READ, 3, 1, 2)
    assert read.seconds.never == 1
    assert (submit.count, submit.refused, submit.failed) == (2, 1, 0)
    assert submit.seconds.longest == 0.2


def test_what_went_wrong_is_told_by_status_and_kind() -> None:
    assert errors(answered().history, {"me"}) == {
        f"{READ}: 429": 1,
        f"{READ}: TimeoutError": 1,
        f"{READ}: no answer yet": 1,
        f"{SUBMIT}: 422 empty-list": 1,
    }
