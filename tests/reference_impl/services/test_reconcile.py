"""Orders that nobody takes care of are restarted; others are left alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import Order, Refund, StatusChange, Step
from larder.domain.payments import ChargeStatus
from larder.services.errors import StoreUnavailable
from larder.services.ports import Page
from larder.services.reconcile import Reconciled, ReconcileRules, reconcile

from tests.reference_impl.fakes import START, How
from tests.reference_impl.samples import FIRST, ORDER_ID, SECOND, TOTAL, an_order
from tests.reference_impl.services.world import RULES, World

STALLED = START - timedelta(seconds=121)
UNPAID = START - timedelta(seconds=901)


def with_orders(*orders: Order) -> World:
    world = World()
    for order in orders:
        world.orders.put(order)
    return world


def run(world: World, rules: ReconcileRules = RULES) -> Reconciled:
    return reconcile(world.orders, world.queues, world.clock, rules)


def sent(world: World) -> list[tuple[Step, str | None]]:
    return [(work.step, work.reference) for work, _ in world.queues.sent]


@pytest.mark.parametrize("status", [Status.PENDING_MATCHING, Status.MATCHED, Status.PAID])
def test_a_stalled_order_has_its_work_sent_again(status: Status) -> None:
    order = an_order(status, updated_at=STALLED)
    world = with_orders(order)
    assert order.step is not None
    assert run(world) == Reconciled({order.step: 1})
    assert sent(world) == [(order.step, None)]
    effects = [call for call in world.trouble.calls if call in {"orders.save", "queues.send"}]
    assert effects == ["orders.save", "queues.send"]


def test_a_refund_that_stalled_is_sent_again_by_reference() -> None:
    refunds = (Refund(SECOND, "2"),)
    world = with_orders(
        an_order(Status.PAID, refunds=refunds, step=Step.REFUND, updated_at=STALLED)
    )
    run(world)
    assert sent(world) == [(Step.REFUND, SECOND)]


def test_one_run_sends_once_and_the_next_one_waits() -> None:
    world = with_orders(an_order(Status.MATCHED, updated_at=STALLED))
    run(world)
    assert run(world) == Reconciled({})


@pytest.mark.parametrize(
    "order",
    [
        an_order(Status.MATCHED),
        an_order(Status.MATCHED, updated_at=STALLED, scheduled_at=START),
        an_order(Status.PAYMENT_INITIATED, updated_at=STALLED),
        an_order(Status.PAYMENT_FAILED, updated_at=UNPAID),
        an_order(Status.NEEDS_ATTENTION, updated_at=UNPAID),
    ],
    ids=["fresh", "scheduled", "may be paid yet", "failed", "with people"],
)
def test_other_orders_are_left_alone(order: Order) -> None:
    world = with_orders(order)
    assert run(world) == Reconciled({})
    assert world.orders.history == []


def test_an_open_payment_is_asked_about_in_time() -> None:
    world = with_orders(an_order(Status.PAYMENT_INITIATED, updated_at=UNPAID))
    run(world)
    assert sent(world) == [(Step.SETTLE, FIRST)]


def waiting(**changes: Any) -> World:
    """An order whose link is open since START."""
    opened = (StatusChange(4, Status.MATCHED, Status.PAYMENT_INITIATED, START),)
    return with_orders(an_order(Status.PAYMENT_INITIATED, trail=opened, **changes))


def checks(world: World, rules: ReconcileRules, days: float) -> list[float]:
    """Seconds after the link was opened at which the provider is asked, by a run every minute."""
    asked = []
    while world.clock.now() < START + timedelta(days=days):
        world.clock.go_on(60)
        if run(world, rules).restarted:
            asked.append((world.clock.now() - START).total_seconds())
    return asked


def test_an_open_payment_is_asked_about_ever_less_often() -> None:
    rules = ReconcileRules(payment_check_after=900, payment_check_most=6000)
    assert checks(waiting(), rules, 0.4) == [900, 1800, 3600, 7200, 13200, 19200, 25200, 31200]


def test_a_link_that_is_abandoned_is_asked_about_once_more_and_then_leaves_the_index() -> None:
    rules = ReconcileRules(payment_check_after=900, payment_check_for=3000)
    world = waiting()
    assert checks(world, rules, 1) == [900, 1800, 3600]
    assert (world.order.step, world.order.asked_enough) == (None, True)


def test_whoever_pays_by_an_abandoned_link_is_heard() -> None:
    world = waiting(asked_enough=True, step=None)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)
    world.settle(FIRST)
    world.run()
    assert world.order.status is Status.FULFILLED


def test_an_order_that_somebody_writes_meanwhile_is_theirs() -> None:
    world = with_orders(an_order(Status.MATCHED, updated_at=STALLED))
    world.orders.before_save = lambda: world.orders.put(an_order(Status.MATCHED, version=6))
    assert run(world) == Reconciled({})
    assert world.queues.sent == []


def test_an_order_that_is_gone_from_the_table_is_skipped() -> None:
    world = with_orders(an_order(Status.MATCHED, updated_at=STALLED))
    get = world.orders.get
    world.orders.get = lambda order_id: get("another")  # type: ignore[method-assign]
    assert run(world) == Reconciled({})


def _many(count: int) -> list[Order]:
    ids = (f"{ORDER_ID[:-1]}{n}" for n in range(count))
    return [an_order(Status.MATCHED, order_id=each, updated_at=STALLED) for each in ids]


def test_a_run_reads_page_by_page_and_not_without_end() -> None:
    world = with_orders(*_many(9))
    pages = []
    due = world.orders.due

    def watched(step: Step, *, before: datetime, limit: int, cursor: str | None) -> Page[Any]:
        pages.append((step, limit))
        return due(step, before=before, limit=limit, cursor=cursor)

    world.orders.due = watched  # type: ignore[method-assign]
    result = run(world, ReconcileRules(120, 900, page=2, pages=2))
    assert pages.count((Step.PAY, 2)) == 2
    assert 0 < result.restarted[Step.PAY] <= 4


def test_one_orders_failure_keeps_no_other_waiting() -> None:
    world = with_orders(*_many(3))
    first_get = 4  # parse, match and pay are looked for before the first order is read
    world.trouble.plan[first_get] = How.REFUSED
    result = run(world)
    assert (result.restarted, result.failed) == ({Step.PAY: 2}, 1)


def test_an_index_that_cannot_be_read_leaves_the_other_steps() -> None:
    world = with_orders(an_order(Status.MATCHED, updated_at=STALLED))
    world.trouble.plan[1] = How.REFUSED
    result = run(world)
    assert (result.restarted, result.failed) == ({Step.PAY: 1}, 1)
    assert isinstance(result.errors[0], StoreUnavailable)
