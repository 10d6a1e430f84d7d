"""Which messages an order's record asks for."""

from __future__ import annotations

from datetime import datetime

from larder.domain.messages import Work
from larder.domain.order import Order, RefundState, Step
from larder.domain.payments import is_settled, reference_for

OF_ONE_PAYMENT = frozenset({Step.SETTLE, Step.REFUND})
"""Work on one payment of several: the order counts its attempts, but they are no row."""


def work_on(order: Order, step: Step, reference: str | None = None) -> Work:
    """The message for one step of an order as it is now."""
    return Work(
        order_id=order.order_id,
        step=step,
        version=order.version,
        correlation_id=order.correlation_id,
        reference=reference,
        retry_count=order.retry_count if order.retry_step is step else 0,
    )


def work_due(order: Order) -> tuple[Work, ...]:
    """All the work that is due on an order.

    While a payment is open that is to ask about every link that it ever had: an older one may
    have been paid, too.
    """
    if order.step is None:
        return ()
    if order.step is Step.REFUND:
        return tuple(work_on(order, Step.REFUND, reference) for reference in _refunds_due(order))
    if order.step is Step.SETTLE:
        return tuple(work_on(order, Step.SETTLE, reference) for reference in _unsettled(order))
    return (work_on(order, order.step),)


def work_begun(before: Order | None, after: Order) -> tuple[Work, ...]:
    """The work that became due by a change of an order's record.

    Settling isn't begun by the record: the webhook asks for it, or in time the reconciler.
    """
    if after.step is Step.SETTLE:
        return ()
    if after.step is Step.REFUND:
        known = set(_refunds_due(before)) if before is not None else set()
        return tuple(work for work in work_due(after) if work.reference not in known)
    is_old = before is not None and before.step_version == after.step_version
    return () if is_old else work_due(after)


def quiet_since(order: Order) -> datetime:
    """Since when nobody is known to take care of the order's due work."""
    if order.scheduled_at is None:
        return order.updated_at
    return max(order.updated_at, order.scheduled_at)


def rests_until(order: Order, step: Step) -> datetime | None:
    """Until when a step that failed is left alone, whichever message asks for it; None for what
    never failed."""
    failed = order.attempts.get(step, 0) > 0 or order.retry_step is step
    return order.scheduled_at if failed else None


def link_open_since(order: Order) -> datetime:
    """Since when an order whose payment is open waits for its customer."""
    return order.trail[-1].at if order.trail else order.created_at


def _refunds_due(order: Order) -> tuple[str, ...]:
    return tuple(r.reference for r in order.refunds if r.state is RefundState.DUE)


def _unsettled(order: Order) -> tuple[str, ...]:
    references = (
        reference_for(order.order_id, attempt) for attempt in range(1, order.payment_attempt + 1)
    )
    return tuple(reference for reference in references if not is_settled(order, reference))
