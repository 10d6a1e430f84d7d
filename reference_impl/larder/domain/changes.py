"""Every change of an order, as a function from the order to the order after it.

Each adds one to the version, keeps to the lifecycle (IllegalStep otherwise) and says which work is
due next. Nothing else makes an Order from an Order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from larder.domain.errors import IllegalStep
from larder.domain.lifecycle import PEOPLE_MAY_TAKE_OVER, Status, check_step
from larder.domain.money import total
from larder.domain.order import (
    Item,
    Line,
    Order,
    PaymentLink,
    Refund,
    RefundState,
    Step,
    Unmatched,
)
from larder.domain.payments import Transaction, Verdict, is_settled
from larder.domain.telling import trail_after

_STEP_OF = {
    Status.MATCHED: Step.PAY,
    Status.PAYMENT_INITIATED: Step.SETTLE,
    Status.PAID: Step.FULFIL,
}


def step_due(order: Order) -> Step | None:
    """The work due next. It follows from the rest of the record, so it can't get lost."""
    if any(refund.state is RefundState.DUE for refund in order.refunds):
        return Step.REFUND
    if order.status is Status.PENDING_MATCHING:
        return Step.PARSE if order.items is None else Step.MATCH
    if order.status is Status.PAYMENT_FAILED and order.wants_link:
        return Step.PAY
    if order.asked_enough:
        return None
    return _STEP_OF.get(order.status)


def is_due(order: Order, step: Step, reference: str | None = None) -> bool:
    """Whether a message that asks for `step` (for settle: of `reference`) still has work to do."""
    if step is Step.FULFIL:  # a refund that is due beside it must not hold it up
        return order.status is Status.PAID
    if step is Step.SETTLE:
        return reference is not None and not is_settled(order, reference)
    return order.step is step


def _change(order: Order, now: datetime, **changes: Any) -> Order:
    after = replace(order, version=order.version + 1, updated_at=now, **changes)
    check_step(order.status, after.status)
    if after.status is not order.status:
        after = replace(after, trail=trail_after(order, after))
    due = step_due(after)
    if due is order.step:
        return after
    return replace(after, step=due, step_version=after.version)


def _progress(order: Order, now: datetime, done: Step, **changes: Any) -> Order:
    """A change by which a step succeeded: its failures, and the redrives behind it, are over."""
    return _change(
        order,
        now,
        attempts=_without(order, done),
        retry_count=0,
        retry_step=None,
        scheduled_at=None,
        **changes,
    )


def _without(order: Order, step: Step) -> dict[Step, int]:
    return {other: count for other, count in order.attempts.items() if other is not step}


def parsed(
    order: Order, items: Sequence[Item], degraded_because: str | None, now: datetime
) -> Order:
    """The list was read."""
    reasons = order.degraded_because + ((degraded_because,) if degraded_because else ())
    return _progress(order, now, Step.PARSE, items=tuple(items), degraded_because=reasons)


def matched(
    order: Order,
    lines: Sequence[Line],
    unmatched: Sequence[Unmatched],
    degraded_because: str | None,
    now: datetime,
) -> Order:
    """The items were looked up; without any line the order ends UNMATCHED."""
    reasons = order.degraded_because + ((degraded_because,) if degraded_because else ())
    return _progress(
        order,
        now,
        Step.MATCH,
        status=Status.MATCHED if lines else Status.UNMATCHED,
        lines=tuple(lines),
        unmatched=tuple(unmatched),
        total=total([line.line_total for line in lines]),
        degraded_because=reasons,
    )


def link_made(order: Order, link: PaymentLink, now: datetime) -> Order:
    """The customer can pay."""
    return _progress(
        order,
        now,
        Step.PAY,
        status=Status.PAYMENT_INITIATED,
        payment_attempt=link.attempt,
        payment_reference=link.reference,
        payment_link=link.url,
        wants_link=False,
        asked_enough=False,
    )


def settled(order: Order, transaction: Transaction, verdict: Verdict, now: datetime) -> Order:
    """What the provider said of a transaction took effect, as judged by `payments.judge`."""
    reference, charge = transaction.reference, transaction.transaction_id
    if verdict is Verdict.APPLY:
        paid = {"status": Status.PAID, "charge_id": charge, "charged_reference": reference}
        healed = {"wants_link": False, "attention_from": None, "attention_because": None}
        return _progress(order, now, Step.SETTLE, asked_enough=False, **paid, **healed)
    if verdict is Verdict.REFUND:
        refunds = (*order.refunds, Refund(reference, charge))
        return _progress(order, now, Step.SETTLE, refunds=refunds)
    if verdict is Verdict.FAIL:
        failed = Status.PAYMENT_FAILED
        return _progress(order, now, Step.SETTLE, status=failed, asked_enough=False)
    if verdict is Verdict.MISMATCH:
        found = (*order.refunds, Refund(reference, charge, RefundState.MISMATCHED))
        because = "charge does not match"
        return _progress(order, now, Step.SETTLE, refunds=found, **_attention(order, because))
    raise IllegalStep(f"The verdict {verdict!r} changes nothing.")


def _attention(order: Order, because: str) -> dict[str, Any]:
    if order.status is Status.NEEDS_ATTENTION:
        return {}
    return {
        "status": Status.NEEDS_ATTENTION,
        "attention_from": order.status,
        "attention_because": because,
    }


def link_requested(order: Order, request: str, now: datetime) -> Order:
    """The customer asked for another link after a failed payment; `request` names the asking."""
    if order.status is not Status.PAYMENT_FAILED:
        raise IllegalStep(f"An order that is {order.status} can't have a new link.")
    return _change(order, now, wants_link=True, link_requests=(*order.link_requests, request))


def fulfilled(order: Order, now: datetime) -> Order:
    """The order was carried out. Raises IllegalStep for one that no charge paid."""
    if order.charge_id is None:
        raise IllegalStep("An order without a charge can't be fulfilled.")
    return _progress(order, now, Step.FULFIL, status=Status.FULFILLED)


def _with_refund(order: Order, refund: Refund) -> tuple[Refund, ...]:
    return tuple(
        refund if other.reference == refund.reference else other for other in order.refunds
    )


def refund_claimed(order: Order, refund: Refund, until: datetime, now: datetime) -> Order:
    """One worker is about to ask the provider for it; others keep off until `until`."""
    return _change(order, now, refunds=_with_refund(order, replace(refund, claimed_until=until)))


def refund_done(order: Order, refund: Refund, now: datetime) -> Order:
    """The provider took it."""
    done = replace(refund, state=RefundState.DONE, claimed_until=None)
    return _progress(order, now, Step.REFUND, refunds=_with_refund(order, done))


def attempt_failed(
    order: Order, step: Step, reference: str | None, now: datetime, until: datetime | None = None
) -> Order:
    """One more attempt of a step failed; there is none before ``until``, where another is left. A
    claim that it held on a refund is free again."""
    attempts = {**order.attempts, step: order.attempts.get(step, 0) + 1}
    refunds = _released(order, step, reference)
    at = until or order.scheduled_at
    return _change(order, now, attempts=attempts, refunds=refunds, scheduled_at=at)


def _released(order: Order, step: Step, reference: str | None) -> tuple[Refund, ...]:
    if step is not Step.REFUND:
        return order.refunds
    return tuple(
        replace(refund, claimed_until=None) if refund.reference == reference else refund
        for refund in order.refunds
    )


def attempts_over(order: Order, step: Step, now: datetime) -> Order:
    """An attempt came through without moving the order: earlier failures don't count on."""
    return _change(order, now, attempts=_without(order, step))


def postponed(
    order: Order, step: Step, reference: str | None, until: datetime, now: datetime
) -> Order:
    """The step's message is hidden until then without an attempt; nobody need restart it before."""
    return _change(order, now, scheduled_at=until, refunds=_released(order, step, reference))


def redriven(order: Order, step: Step, retry_count: int, at: datetime, now: datetime) -> Order:
    """A dead letter goes back to its queue at `at`, with fresh attempts."""
    count = {"retry_count": retry_count, "retry_step": step}
    return _change(order, now, scheduled_at=at, attempts=_without(order, step), **count)


def nudged(order: Order, now: datetime, until: datetime | None = None) -> Order:
    """Somebody takes care of its due step now; others needn't for a while, reckoned from ``until``
    if that is later."""
    return _change(order, now, scheduled_at=until) if until is not None else _change(order, now)


def asked_enough(order: Order, now: datetime) -> Order:
    """The open link is taken for abandoned, and the provider isn't asked about it any more: whoever
    pays by it all the same is heard by the webhook."""
    return _change(order, now, asked_enough=True)


def stands_in_the_way(order: Order, step: Step) -> bool:
    """Whether the order can't go on without that step, so that people must take it over."""
    if step is Step.SETTLE:
        return order.status in {Status.PAYMENT_INITIATED, Status.PAYMENT_FAILED}
    return step is not Step.REFUND and order.status in PEOPLE_MAY_TAKE_OVER


def given_up(
    order: Order, step: Step, because: str, now: datetime, *, reference: str | None = None
) -> Order | None:
    """The step's redrives are used up. None when the order itself is not touched by that.

    ``reference`` names the charge whose refund is given up; other refunds go on.
    """
    if step is Step.REFUND:
        held = tuple(
            replace(refund, state=RefundState.HELD)
            if refund.state is RefundState.DUE and reference in (None, refund.reference)
            else refund
            for refund in order.refunds
        )
        return _change(order, now, refunds=held) if held != order.refunds else None
    if not stands_in_the_way(order, step):
        return None
    return _change(order, now, **_attention(order, because))


def healed(order: Order, now: datetime) -> Order:
    """People mended what was wrong: the order goes on from where it was."""
    if order.attention_from is None:
        raise IllegalStep(f"An order that is {order.status} needs no healing.")
    return _change(
        order,
        now,
        status=order.attention_from,
        attention_from=None,
        attention_because=None,
        asked_enough=False,
        attempts={},
        retry_count=0,
        retry_step=None,
        scheduled_at=None,
    )
