"""A failed attempt is counted and waits; the last one is a dead letter; a refusal isn't one."""

from datetime import timedelta

import pytest
from larder.domain.changes import redriven
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import Order, Step
from larder.services.errors import BreakerOpen, Contended, ProviderUnavailable, UnknownOrder
from larder.services.outcomes import DeadLetter, Done, Outcome, Reason, RetryAfter
from larder.services.steps import StepPorts, run_step
from larder.services.updates import TRIES, update

from tests.reference_impl.fakes import START, FakeClock, FakeOrders, FakeWaits, How, Trouble
from tests.reference_impl.samples import ORDER_ID, an_order

WORK = Work(ORDER_ID, Step.PAY, 5, "corr-0001")


def ports(
    orders: FakeOrders, waits: tuple[int, ...] = (1, 2, 4, 8, 16), clock: FakeClock | None = None
) -> StepPorts:
    return StepPorts(orders, clock or FakeClock(), FakeWaits(waits), lambda: 0.0)


def an_orders_table(trouble: Trouble | None = None) -> FakeOrders:
    orders = FakeOrders(trouble or Trouble())
    orders.put(an_order(Status.MATCHED))
    return orders


def fails(order: Order) -> Outcome:
    raise ProviderUnavailable("no answer")


def test_six_attempts_with_growing_waits_then_a_dead_letter() -> None:
    orders = an_orders_table()
    clock, outcomes = FakeClock(), []
    for wait in (1, 2, 4, 8, 16, 30):
        outcomes.append(run_step(WORK, ports(orders, clock=clock), fails))
        clock.go_on(wait)
    because = "ProviderUnavailable: no answer"
    assert outcomes == [
        *(RetryAfter(wait, because) for wait in (1, 2, 4, 8, 16)),
        DeadLetter(Reason.EXHAUSTED, because),
    ]
    assert orders.stored[ORDER_ID].attempts == {Step.PAY: 6}


def test_a_message_that_came_twice_does_not_shorten_the_wait() -> None:
    orders, clock = an_orders_table(), FakeClock()
    run_step(WORK, ports(orders, (4,), clock), fails)
    clock.go_on(1.5)
    twin = run_step(WORK, ports(orders, (4,), clock), fails)
    assert isinstance(twin, RetryAfter)
    assert (twin.seconds, twin.counted) == (3, False)
    assert orders.stored[ORDER_ID].attempts == {Step.PAY: 1}


def test_a_message_that_came_twice_does_not_shorten_a_redrives_delay() -> None:
    orders, clock = an_orders_table(), FakeClock()
    order = redriven(orders.stored[ORDER_ID], Step.PAY, 1, START + timedelta(seconds=60), START)
    orders.put(order)
    twin = run_step(WORK, ports(orders, clock=clock), fails)
    assert isinstance(twin, RetryAfter)
    assert (twin.seconds, twin.counted) == (60, False)
    clock.go_on(59.9)  # whose clock is a little behind waits no second more
    assert run_step(WORK, ports(orders, clock=clock), fails) == RetryAfter(
        1, "ProviderUnavailable: no answer"
    )


def test_a_message_that_came_twice_makes_no_attempt_beyond_the_last() -> None:
    orders, clock = an_orders_table(), FakeClock()
    for _ in range(3):
        clock.go_on(30)
        outcome = run_step(WORK, ports(orders, (4,), clock), fails)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason is Reason.EXHAUSTED
    assert orders.stored[ORDER_ID].attempts == {Step.PAY: 2}


def test_a_wait_of_one_step_is_not_anothers() -> None:
    orders = an_orders_table()
    until = START + timedelta(seconds=60)
    orders.put(redriven(orders.stored[ORDER_ID], Step.FULFIL, 1, until, START))
    outcome = run_step(WORK, ports(orders), fails)
    assert isinstance(outcome, RetryAfter)
    assert outcome.counted


def test_the_error_is_kept_for_the_log() -> None:
    outcome = run_step(WORK, ports(an_orders_table()), fails)
    assert isinstance(outcome, RetryAfter)
    assert isinstance(outcome.error, ProviderUnavailable)


def test_an_unforeseen_error_is_an_attempt_too() -> None:
    def breaks(order: Order) -> Outcome:
        raise ZeroDivisionError("a bug")

    outcome = run_step(WORK, ports(an_orders_table()), breaks)
    assert outcome == RetryAfter(1, "ZeroDivisionError: a bug")


def test_a_refusal_by_the_breaker_waits_and_is_no_attempt() -> None:
    def refused(order: Order) -> Outcome:
        raise BreakerOpen("paystack", 41.2)

    orders = an_orders_table()
    outcome = run_step(WORK, ports(orders), refused)
    assert isinstance(outcome, RetryAfter)
    assert (outcome.seconds, outcome.counted) == (42, False)
    assert orders.stored[ORDER_ID].attempts == {}
    assert orders.stored[ORDER_ID].scheduled_at == START + timedelta(seconds=42)


def test_a_refusal_is_waited_for_even_when_it_cannot_be_recorded() -> None:
    def refused(order: Order) -> Outcome:
        raise BreakerOpen("paystack", 0.1)

    outcome = run_step(WORK, ports(an_orders_table(Trouble({2: How.REFUSED}))), refused)
    assert isinstance(outcome, RetryAfter)
    assert (outcome.seconds, outcome.counted) == (1, False)


def test_a_refusal_of_work_that_is_done_meanwhile_changes_nothing() -> None:
    orders = an_orders_table()

    def refused(order: Order) -> Outcome:
        orders.put(an_order(Status.PAID))
        raise BreakerOpen("paystack", 5)

    assert isinstance(run_step(WORK, ports(orders), refused), RetryAfter)
    assert orders.history == []


def test_a_failure_of_work_that_is_done_meanwhile_is_forgotten() -> None:
    orders = an_orders_table()

    def overtaken(order: Order) -> Outcome:
        orders.put(an_order(Status.PAID))
        raise ProviderUnavailable("no answer")

    assert run_step(WORK, ports(orders), overtaken) == Done("nothing left to do")


def test_a_message_of_no_order_is_a_dead_letter() -> None:
    outcome = run_step(WORK, ports(FakeOrders()), fails)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason is Reason.UNKNOWN_ORDER


def test_an_order_that_vanishes_makes_a_dead_letter() -> None:
    orders = an_orders_table()

    def vanishes(order: Order) -> Outcome:
        orders.stored.clear()
        raise ProviderUnavailable("no answer")

    outcome = run_step(WORK, ports(orders), vanishes)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason is Reason.UNKNOWN_ORDER


def test_a_store_that_is_down_leaves_the_counting_to_the_queue() -> None:
    trouble = Trouble(dict.fromkeys(range(1, 99), How.REFUSED))
    outcome = run_step(WORK, ports(an_orders_table(trouble)), fails)
    assert isinstance(outcome, RetryAfter)
    assert (outcome.seconds, outcome.counted) == (1, False)


def test_an_update_begins_again_after_a_conflict() -> None:
    orders = an_orders_table()
    seen = []

    def change(order: Order) -> Order | None:
        seen.append(order.version)
        if len(seen) == 1:
            orders.put(an_order(Status.MATCHED, version=order.version + 1))
        return an_order(Status.MATCHED, version=order.version + 1)

    assert update(orders, ORDER_ID, change).version == 7
    assert seen == [5, 6]


def test_an_update_gives_up_when_others_never_stop() -> None:
    orders = an_orders_table()

    def change(order: Order) -> Order | None:
        orders.put(an_order(Status.MATCHED, version=order.version + 1))
        return an_order(Status.MATCHED, version=order.version + 1)

    with pytest.raises(Contended, match=f"changed {TRIES} times"):
        update(orders, ORDER_ID, change)


def test_an_update_of_no_order_says_so() -> None:
    with pytest.raises(UnknownOrder):
        update(FakeOrders(), ORDER_ID, lambda order: order)
