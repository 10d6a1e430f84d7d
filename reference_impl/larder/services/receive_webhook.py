"""The provider's events: a hint, once its signature is right, to ask what became of a payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from larder.domain.due_work import work_on
from larder.domain.errors import MalformedMessage
from larder.domain.order import Order, Step
from larder.domain.payments import read_reference
from larder.domain.webhooks import CHARGE_SUCCESS, MAX_BYTES, is_signed, read_event
from larder.services.ports import Audit, AuditEntry, Clock, Ids, Links, Orders, WorkQueues


@dataclass(frozen=True, slots=True)
class Taken:
    """The order will be settled."""

    order_id: str
    reference: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Rightly signed, but nothing of ours; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More bytes than any event has."""


@dataclass(frozen=True, slots=True)
class Forged:
    """The signature is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Rightly signed, but no event."""


WebhookOutcome: TypeAlias = Taken | Ignored | TooLarge | Forged | Malformed


@dataclass(frozen=True, slots=True)
class WebhookPorts:
    """What hearing the provider needs; `secret` gives the key that it signs with."""

    secret: Callable[[], str]
    orders: Orders
    links: Links
    queues: WorkQueues
    audit: Audit
    clock: Clock
    ids: Ids


def receive_webhook(body: bytes, signature: str | None, ports: WebhookPorts) -> WebhookOutcome:
    """Take one event: its raw body, and the signature header if there was one.

    Raises StoreUnavailable; then the provider must send it again.
    """
    outcome = _hear(body, signature, ports)
    _audit(outcome, ports)
    return outcome


def _hear(body: bytes, signature: str | None, ports: WebhookPorts) -> WebhookOutcome:
    if len(body) > MAX_BYTES:
        return TooLarge()
    if signature is None or not is_signed(body, signature, ports.secret()):
        return Forged()
    try:
        event = read_event(body)
    except MalformedMessage:
        return Malformed()
    if event.name != CHARGE_SUCCESS:
        return Ignored("an event of another kind")
    order = _order_of(event.reference, ports)
    if order is None or event.reference is None:
        return Ignored("an unknown reference")
    ports.queues.send(work_on(order, Step.SETTLE, event.reference))
    return Taken(order.order_id, event.reference)


def _order_of(reference: str | None, ports: WebhookPorts) -> Order | None:
    """The order of a reference that was really claimed for it."""
    named = read_reference(reference) if reference is not None else None
    if named is None or ports.links.get(*named) is None:
        return None
    return ports.orders.get(named[0])


def _audit(outcome: WebhookOutcome, ports: WebhookPorts) -> None:
    target = outcome.reference if isinstance(outcome, Taken) else "-"
    result = f"ignored: {outcome.why}" if isinstance(outcome, Ignored) else type(outcome).__name__
    ports.audit.record(
        AuditEntry(
            audit_id=f"webhook:{ports.ids.new()}",
            at=ports.clock.now(),
            who="paystack",
            what="webhook",
            target=target,
            result=result.lower(),
        )
    )
