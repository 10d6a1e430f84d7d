"""Dead letters come back with growing delays, then go to people."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.changes import given_up, healed, redriven
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import Order, Step
from larder.domain.redrives import (
    MAX_DELAY,
    Drop,
    GiveUp,
    Redrive,
    RedriveSchedule,
    decide,
    decide_stray,
)

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import ORDER_ID, an_order

SCHEDULE = RedriveSchedule()


def work(retry_count: int = 0, step: Step = Step.PAY) -> Work:
    return Work(ORDER_ID, step, 5, "corr-0001", None, retry_count)


def test_the_delays_grow_and_end_with_people() -> None:
    order, decisions = an_order(Status.MATCHED), []
    for retry_count in range(4):
        decision = decide(order, work(retry_count), SCHEDULE, START)
        decisions.append(decision)
        if isinstance(decision, Redrive):
            at = START + timedelta(seconds=decision.delay)
            order = redriven(order, Step.PAY, decision.retry_count, at, START)
    assert decisions == [
        Redrive(60, 1, record=True),
        Redrive(120, 2, record=True),
        Redrive(240, 3, record=True),
        GiveUp(),
    ]


def test_a_stray_message_takes_the_same_way_by_its_own_count() -> None:
    assert [decide_stray(count, SCHEDULE) for count in range(4)] == [
        Redrive(60, 1, record=False),
        Redrive(120, 2, record=False),
        Redrive(240, 3, record=False),
        GiveUp(),
    ]


def test_a_redrive_that_is_recorded_is_sent_again_for_what_is_left_of_its_delay() -> None:
    at = START + timedelta(seconds=60)
    order = redriven(an_order(Status.MATCHED), Step.PAY, 1, at, START)
    later = START + timedelta(seconds=20)
    assert decide(order, work(), SCHEDULE, later) == Redrive(40, 1, record=False)
    assert decide(order, work(), SCHEDULE, at + timedelta(1)) == Redrive(0, 1, record=False)


def test_without_a_recorded_time_it_is_sent_at_once() -> None:
    order = an_order(Status.MATCHED, retry_count=2, retry_step=Step.PAY)
    assert decide(order, work(), SCHEDULE, START) == Redrive(0, 2, record=False)


def test_two_steps_that_are_dead_at_once_have_all_their_redrives_each() -> None:
    order = redriven(an_order(Status.PAID), Step.REFUND, 2, START, START)
    assert decide(order, work(0, Step.FULFIL), SCHEDULE, START) == Redrive(60, 1, record=True)


@pytest.mark.parametrize("status", [Status.PAID, Status.PAYMENT_INITIATED, Status.UNMATCHED])
def test_what_the_order_went_on_without_is_dropped(status: Status) -> None:
    assert decide(an_order(status), work(), SCHEDULE, START) == Drop()


def test_a_copy_from_before_people_sent_the_order_on_is_dropped() -> None:
    waiting = an_order(Status.MATCHED, retry_count=3)
    last = replace(work(3), version=waiting.version)
    given = given_up(waiting, Step.PAY, "max", START)
    assert given is not None
    order = healed(given, START)
    assert decide(order, last, SCHEDULE, START) == Drop()
    anew = replace(work(0), version=order.version)
    assert decide(order, anew, SCHEDULE, START) == Redrive(60, 1, record=True)


def test_people_are_told_again_rather_than_never() -> None:
    order = given_up(an_order(Status.MATCHED, retry_count=3), Step.PAY, "max", START)
    assert order is not None
    assert decide(order, work(3), SCHEDULE, START) == GiveUp()
    assert decide(order, work(1), SCHEDULE, START) == Drop()


def test_no_delay_is_longer_than_the_queue_takes() -> None:
    assert RedriveSchedule((3600,)).delay(0) == MAX_DELAY


@given(st.integers(0, 9), st.integers(0, 9), st.sampled_from(Status))
def test_every_dead_letter_has_a_decision(ordered: int, carried: int, status: Status) -> None:
    order: Order = an_order(status, retry_count=ordered)
    order = replace(order, retry_step=order.step or Step.PAY)
    decision = decide(order, work(carried, order.step or Step.PAY), SCHEDULE, START)
    if isinstance(decision, Redrive):
        assert 0 <= decision.delay <= MAX_DELAY
        assert decision.retry_count > carried
