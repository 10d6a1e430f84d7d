"""A new payment link after a failed payment: only when the last one is known to have failed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from larder.domain.changes import link_requested
from larder.domain.identity import digest_of
from larder.domain.lifecycle import Status
from larder.domain.order import Order
from larder.services.errors import (
    BreakerOpen,
    Conflict,
    Contended,
    ProviderNonsense,
    ProviderRefused,
    ProviderUnavailable,
)
from larder.services.ports import Clock, Orders, RequestRetry
from larder.services.settle import ProviderPorts, apply, verify
from larder.services.updates import TRIES


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such order of this customer; perhaps of another."""

    is_anothers: bool


@dataclass(frozen=True, slots=True)
class LinkRequested:
    """A new link will be made; `replayed` when this request was accepted before."""

    order_id: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class LinkPending:
    """A link is being made already."""


@dataclass(frozen=True, slots=True)
class LinkOpen:
    """The order's link can still be paid."""

    order: Order


@dataclass(frozen=True, slots=True)
class AlreadyPaid:
    """Nothing is left to pay."""


@dataclass(frozen=True, slots=True)
class NotPayable:
    """The order isn't at its payment."""

    status: Status


@dataclass(frozen=True, slots=True)
class ProviderDown:
    """The provider can't be asked now; try again after `retry_after` whole seconds."""

    retry_after: int


LinkOutcome: TypeAlias = (
    NotFound | LinkRequested | LinkPending | LinkOpen | AlreadyPaid | NotPayable | ProviderDown
)


@dataclass(frozen=True, slots=True)
class LinkPorts:
    """What asking for a link needs; `retry` bounds the question by the caller's deadline."""

    orders: Orders
    clock: Clock
    provider: ProviderPorts
    retry: RequestRetry
    retry_after: int = 5


def request_link(
    order_id: str, user_id: str, idempotency_key: str, ports: LinkPorts
) -> LinkOutcome:
    """Ask for another link of one's own order. Raises StoreUnavailable, Contended."""
    request = digest_of(user_id, order_id, idempotency_key)[:32]
    asked = False
    for _ in range(TRIES):
        order = ports.orders.get(order_id)
        if order is None or order.user_id != user_id:
            return NotFound(is_anothers=order is not None)
        if request in order.link_requests:
            return LinkRequested(order_id, replayed=True)
        answer = _answer_by_status(order)
        if answer is not None:
            return answer
        if order.status is Status.PAYMENT_INITIATED:
            if asked:
                return LinkOpen(order)
            down = _ask_provider(order, ports)
            if down is not None:
                return down
            asked = True
            continue
        try:
            ports.orders.save(link_requested(order, request, ports.clock.now()), was=order)
        except Conflict:
            continue
        return LinkRequested(order_id, replayed=False)
    raise Contended(f"The order {order_id} changed {TRIES} times while a link was asked for.")


def _answer_by_status(order: Order) -> LinkOutcome | None:
    """The answer that the order's record gives by itself, if it does."""
    if order.status in {Status.PAID, Status.FULFILLED}:
        return AlreadyPaid()
    if order.status is Status.MATCHED or order.wants_link:
        return LinkPending()
    if order.status in {Status.PAYMENT_INITIATED, Status.PAYMENT_FAILED}:
        return None
    return NotPayable(order.status)


def _ask_provider(order: Order, ports: LinkPorts) -> ProviderDown | None:
    """Let the order learn what became of its link; None when the provider answered."""
    reference = order.payment_reference or ""
    try:
        transaction = ports.retry(lambda: verify(reference, ports.provider))
    except BreakerOpen as refusal:
        return ProviderDown(max(1, math.ceil(refusal.retry_after)))
    except (ProviderUnavailable, ProviderNonsense, ProviderRefused):
        return ProviderDown(ports.retry_after)
    apply(order.order_id, transaction, ports.orders, ports.clock, ports.provider.alerts)
    return None
