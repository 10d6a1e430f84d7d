"""Submitting a grocery list: one conditional write, and the order exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from larder.domain.identity import digest_of, order_id_for
from larder.domain.order import Order
from larder.domain.telling import first_change
from larder.services.ports import Clock, Orders


@dataclass(frozen=True, slots=True)
class Submission:
    """A validated request to submit a list."""

    user_id: str
    idempotency_key: str
    customer_email: str
    grocery_list: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order exists; `replayed` when it did before."""

    order_id: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key stands for another request already."""


SubmitOutcome: TypeAlias = Accepted | KeyReused


def submit_list(submission: Submission, orders: Orders, clock: Clock) -> SubmitOutcome:
    """Create the order that the customer's key stands for, once. Raises StoreUnavailable."""
    now = clock.now()
    order = Order(
        order_id=order_id_for(submission.user_id, submission.idempotency_key),
        user_id=submission.user_id,
        customer_email=submission.customer_email,
        grocery_list=submission.grocery_list,
        request_digest=digest_of(submission.customer_email, submission.grocery_list),
        created_at=now,
        updated_at=now,
        correlation_id=submission.correlation_id,
    )
    order = replace(order, trail=(first_change(order),))
    stored = orders.create(order)
    if stored.request_digest != order.request_digest:
        return KeyReused()
    return Accepted(stored.order_id, replayed=not _of_one_request(stored, order))


def _of_one_request(stored: Order, order: Order) -> bool:
    """Whether this request made it, even where the write's answer was lost and the pipeline had
    taken a step before the SDK tried again."""
    return (stored.created_at, stored.correlation_id) == (order.created_at, order.correlation_id)
