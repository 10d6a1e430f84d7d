"""Restarting orders that made no progress, whatever was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from larder.domain.changes import asked_enough, nudged
from larder.domain.due_work import link_open_since, quiet_since, work_due
from larder.domain.order import Order, OrderSummary, Step
from larder.services.errors import Conflict, PortError
from larder.services.ports import Clock, Orders, WorkQueues


@dataclass(frozen=True, slots=True)
class ReconcileRules:
    """Seconds without progress before work is sent again, and before an open payment is asked
    about; each time as long again as it has been open, at most so many seconds, and not any more
    once it was open for so many. Orders read in one page, and pages of each step in one run."""

    stall_after: int = 120
    payment_check_after: int = 900
    payment_check_most: int = 86_400
    payment_check_for: int = 2_592_000
    page: int = 100
    pages: int = 10

    def patience(self, step: Step) -> timedelta:
        """How long an order may stand at a step."""
        waits_for_customer = step is Step.SETTLE
        return timedelta(
            seconds=self.payment_check_after if waits_for_customer else self.stall_after
        )

    def next_check(self, order: Order, now: datetime) -> datetime | None:
        """What the next question about an open payment is reckoned from; None for no next one."""
        open_for = (now - link_open_since(order)).total_seconds()
        if open_for >= self.payment_check_for:
            return None
        wait = min(open_for, self.payment_check_most)
        return now + timedelta(seconds=max(0, wait - self.payment_check_after))


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many messages were sent again by step, and how many orders couldn't be looked at."""

    restarted: dict[Step, int]
    failed: int = 0
    errors: tuple[Exception, ...] = ()


def reconcile(
    orders: Orders, queues: WorkQueues, clock: Clock, rules: ReconcileRules
) -> Reconciled:
    """Send the due work of each order that nobody took care of for too long.

    One order's failure doesn't keep the others waiting; it is tried at the next run.
    """
    now = clock.now()
    restarted: dict[Step, int] = {}
    errors: list[Exception] = []
    for step in Step:
        try:
            for summary in _quiet(orders, step, now, rules):
                try:
                    sent = _restart(summary, orders, queues, now, rules)
                except PortError as error:
                    errors.append(error)
                else:
                    restarted[step] = restarted.get(step, 0) + sent
        except PortError as error:
            errors.append(error)
    return Reconciled({s: n for s, n in restarted.items() if n}, len(errors), tuple(errors))


def _quiet(
    orders: Orders, step: Step, now: datetime, rules: ReconcileRules
) -> Iterator[OrderSummary]:
    before, cursor = now - rules.patience(step), None
    for _ in range(rules.pages):
        page = orders.due(step, before=before, limit=rules.page, cursor=cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def _restart(
    summary: OrderSummary,
    orders: Orders,
    queues: WorkQueues,
    now: datetime,
    rules: ReconcileRules,
) -> int:
    """Send an order's due work unless somebody is at it; gives how many messages.

    The index may lag behind, so the order itself is read. The nudge is written first: of two
    reconcilers one sends, and one that dies in between is made good by the next run.
    """
    order = orders.get(summary.order_id)
    if order is None or not _is_stalled(order, now, rules):
        return 0
    after = _taken_care_of(order, now, rules)
    try:
        orders.save(after, was=order)
    except Conflict:
        return 0
    work = work_due(after) or work_due(order)  # one last question about an abandoned link
    for each in work:
        queues.send(each)
    return len(work)


def _taken_care_of(order: Order, now: datetime, rules: ReconcileRules) -> Order:
    if order.step is not Step.SETTLE:
        return nudged(order, now)
    until = rules.next_check(order, now)
    return asked_enough(order, now) if until is None else nudged(order, now, until)


def _is_stalled(order: Order, now: datetime, rules: ReconcileRules) -> bool:
    return order.step is not None and quiet_since(order) <= now - rules.patience(order.step)
