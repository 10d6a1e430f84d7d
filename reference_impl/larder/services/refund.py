"""Giving back a charge that wasn't applied: once."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from larder.domain.changes import refund_claimed, refund_done
from larder.domain.messages import Work
from larder.domain.order import Order, Refund, RefundState
from larder.services.errors import AlreadyRefunded
from larder.services.outcomes import Done, Outcome, RetryAfter
from larder.services.settle import ProviderPorts
from larder.services.steps import NOTHING_DUE, StepPorts, run_step
from larder.services.updates import update


@dataclass(frozen=True, slots=True)
class RefundRules:
    """`claim`: seconds for which a worker may be silent about a refund that it asks for. Longer
    than a function lives."""

    claim: int = 60


def refund(work: Work, ports: StepPorts, provider: ProviderPorts, rules: RefundRules) -> Outcome:
    """Do the refund step for one reference of an order.

    The claim keeps two workers from asking at once. After a lost answer it is asked again: the
    provider refuses to give back twice, and that refusal is the answer.
    """

    def do(order: Order) -> Outcome:
        due = _due(order, work.reference)
        if due is None:
            return NOTHING_DUE
        claimed = _claim(order.order_id, due.reference, ports, rules)
        if isinstance(claimed, datetime):
            return _wait_until(claimed, ports)
        if claimed is None:
            return NOTHING_DUE
        with suppress(AlreadyRefunded):
            provider.breaker.call(lambda: provider.provider.refund(due.transaction_id))
        _record(order.order_id, due.reference, ports)
        return Done(f"gave {due.reference} back")

    return run_step(work, ports, do)


def _due(order: Order, reference: str | None) -> Refund | None:
    for each in order.refunds:
        if each.reference == reference and each.state is RefundState.DUE:
            return each
    return None


def _claim(
    order_id: str, reference: str, ports: StepPorts, rules: RefundRules
) -> Refund | datetime | None:
    """The refund, ours to ask for; or until when it is another's; or None: nothing is due."""
    won: Refund | datetime | None = None

    def change(order: Order) -> Order | None:
        nonlocal won
        now = ports.clock.now()
        won = _due(order, reference)
        if won is None:
            return None
        if won.claimed_until is not None and now < won.claimed_until:
            won = won.claimed_until
            return None
        return refund_claimed(order, won, now + timedelta(seconds=rules.claim), now)

    update(ports.orders, order_id, change)
    return won


def _wait_until(moment: datetime, ports: StepPorts) -> Outcome:
    left = (moment - ports.clock.now()).total_seconds()
    return RetryAfter(max(1, math.ceil(left)), "another worker asks for it", counted=False)


def _record(order_id: str, reference: str, ports: StepPorts) -> None:
    def change(order: Order) -> Order | None:
        due = _due(order, reference)
        return refund_done(order, due, ports.clock.now()) if due is not None else None

    update(ports.orders, order_id, change)
