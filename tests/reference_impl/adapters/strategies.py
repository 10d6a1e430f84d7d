"""Orders in every state that their record can hold."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st
from larder.domain.lifecycle import Status
from larder.domain.money import Money
from larder.domain.order import (
    Audience,
    Item,
    Line,
    Order,
    Refund,
    RefundState,
    StatusChange,
    Step,
    Suggestion,
    Unmatched,
)

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=12)
IDS = st.uuids().map(str)
QUANTITIES = st.decimals(Decimal("0.001"), Decimal(1000), places=3)
MOMENTS = st.integers(1_600_000_000_000, 1_900_000_000_000).map(
    lambda millis: datetime.fromtimestamp(millis // 1000, UTC).replace(
        microsecond=millis % 1000 * 1000
    )
)
AMOUNTS = st.integers(0, 10**12).map(lambda amount: Money(amount, "NGN"))
ITEMS = st.builds(
    Item, TEXTS, QUANTITIES, st.none() | TEXTS, st.floats(0, 1, allow_nan=False, width=16)
)
LINES = st.builds(Line, TEXTS, TEXTS, QUANTITIES, AMOUNTS, AMOUNTS)
UNMATCHED = st.builds(
    Unmatched, TEXTS, st.lists(st.builds(Suggestion, TEXTS, TEXTS), max_size=3).map(tuple)
)
CHANGES = st.builds(
    StatusChange,
    st.integers(1, 10**6),
    st.none() | st.sampled_from(Status),
    st.sampled_from(Status),
    MOMENTS,
)
REFUNDS = st.lists(
    st.builds(Refund, TEXTS, TEXTS, st.sampled_from(RefundState), st.none() | MOMENTS),
    max_size=3,
    unique_by=lambda refund: refund.reference,
).map(lambda refunds: tuple(sorted(refunds, key=lambda refund: refund.reference)))


def _priced(order: dict[str, object]) -> Order:
    """Lines have the total's currency, so without a total there are none."""
    if order["total"] is None:
        order["lines"] = ()
    return Order(**order)  # type: ignore[arg-type]


ORDERS = st.fixed_dictionaries(
    {
        "order_id": IDS,
        "user_id": TEXTS,
        "customer_email": TEXTS,
        "grocery_list": TEXTS,
        "request_digest": TEXTS,
        "created_at": MOMENTS,
        "updated_at": MOMENTS,
        "correlation_id": TEXTS,
        "status": st.sampled_from(Status),
        "version": st.integers(1, 10**6),
        "step": st.none() | st.sampled_from(Step),
        "step_version": st.integers(1, 10**6),
        "items": st.none() | st.lists(ITEMS, max_size=3).map(tuple),
        "lines": st.lists(LINES, max_size=3).map(tuple),
        "unmatched": st.lists(UNMATCHED, max_size=3).map(tuple),
        "total": st.none() | AMOUNTS,
        "degraded_because": st.lists(TEXTS, max_size=2).map(tuple),
        "payment_attempt": st.integers(0, 999),
        "payment_reference": st.none() | TEXTS,
        "payment_link": st.none() | TEXTS,
        "wants_link": st.booleans(),
        "link_requests": st.lists(TEXTS, max_size=2).map(tuple),
        "charge_id": st.none() | TEXTS,
        "charged_reference": st.none() | TEXTS,
        "refunds": REFUNDS,
        "attempts": st.dictionaries(st.sampled_from(Step), st.integers(1, 9), max_size=3),
        "retry_count": st.integers(0, 3),
        "retry_step": st.none() | st.sampled_from(Step),
        "scheduled_at": st.none() | MOMENTS,
        "asked_enough": st.booleans(),
        "attention_from": st.none() | st.sampled_from(Status),
        "attention_because": st.none() | TEXTS,
        "trail": st.lists(CHANGES, max_size=3).map(tuple),
        "told": st.dictionaries(st.sampled_from(Audience), st.integers(0, 10**6)),
    }
).map(_priced)
