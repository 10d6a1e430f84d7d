"""Settling a payment: what became of it is asked of the provider, and applied at most once."""

from __future__ import annotations

from dataclasses import dataclass

from larder.domain.changes import attempts_over, settled
from larder.domain.messages import Work
from larder.domain.order import Order, RefundState, Step
from larder.domain.payments import Transaction, Verdict, is_settled, judge, read_reference
from larder.services.errors import PortError, ProviderNonsense, TransactionUnknown
from larder.services.outcomes import DeadLetter, Done, Outcome, Reason
from larder.services.ports import Alert, AlertKind, Alerts, Breaker, Clock, Orders, Provider
from larder.services.steps import NOTHING_DUE, StepPorts, run_step
from larder.services.updates import update


class TooEarly(PortError):
    """The provider has money for an order that doesn't know of its link yet."""


@dataclass(frozen=True, slots=True)
class ProviderPorts:
    """The payment provider behind its breaker, and the people to call when money doesn't fit."""

    provider: Provider
    breaker: Breaker
    alerts: Alerts


def settle(work: Work, ports: StepPorts, provider: ProviderPorts) -> Outcome:
    """Do the settle step for one reference of an order."""

    def do(order: Order) -> Outcome:
        reference = work.reference or ""
        named = read_reference(reference)
        if named is None or named[0] != order.order_id:
            return DeadLetter(Reason.MALFORMED, "The reference isn't one of this order's.")
        if _is_mismatched(order, reference):  # told before, unless the worker died in between
            _call_people(order, reference, ports.clock, provider.alerts)
            return NOTHING_DUE
        if is_settled(order, reference):
            return NOTHING_DUE
        transaction = verify(reference, provider)
        after = apply(order.order_id, transaction, ports.orders, ports.clock, provider.alerts)
        _forget_failures(after, ports)
        return Done(f"{reference} is {transaction.status if transaction else 'unknown'}")

    return run_step(work, ports, do)


def verify(reference: str, ports: ProviderPorts) -> Transaction | None:
    """What the provider says of a reference; None when it has never heard of it.

    Raises ProviderUnavailable, ProviderNonsense, ProviderRefused, BreakerOpen.
    """

    def ask() -> Transaction:
        transaction = ports.provider.verify(reference)
        if transaction.reference != reference:  # a mixed-up answer is none
            raise ProviderNonsense(f"The provider answered for another than {reference}.")
        return transaction

    try:
        return ports.breaker.call(ask)
    except TransactionUnknown:
        return None


def apply(
    order_id: str,
    transaction: Transaction | None,
    orders: Orders,
    clock: Clock,
    alerts: Alerts,
) -> Order:
    """The order after what the provider said took effect. Raises TooEarly, StoreUnavailable."""
    now = clock.now()

    def change(order: Order) -> Order | None:
        verdict = judge(order, transaction) if transaction is not None else Verdict.NOTHING
        if verdict is Verdict.EARLY:
            raise TooEarly("The order doesn't know of this payment's link yet.")
        if verdict is Verdict.NOTHING or transaction is None:
            return None
        return settled(order, transaction, verdict, now)

    after = update(orders, order_id, change)
    if transaction is not None and _is_mismatched(after, transaction.reference):
        _call_people(after, transaction.reference, clock, alerts)
    return after


def _is_mismatched(order: Order, reference: str) -> bool:
    return any(
        refund.reference == reference and refund.state is RefundState.MISMATCHED
        for refund in order.refunds
    )


def _call_people(order: Order, reference: str, clock: Clock, alerts: Alerts) -> None:
    alerts.raise_(
        Alert(
            kind=AlertKind.CHARGE_MISMATCH,
            at=clock.now(),
            correlation_id=order.correlation_id,
            order_id=order.order_id,
            step=Step.SETTLE,
            reference=reference,
        )
    )


def _forget_failures(order: Order, ports: StepPorts) -> None:
    """The provider answered: earlier failures to ask it don't count on, even if nothing moved."""
    if Step.SETTLE not in order.attempts:
        return

    def change(stored: Order) -> Order | None:
        if Step.SETTLE not in stored.attempts:
            return None
        return attempts_over(stored, Step.SETTLE, ports.clock.now())

    update(ports.orders, order.order_id, change)
