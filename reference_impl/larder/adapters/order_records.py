"""An order as its table keeps it. The stream's images are read by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from larder.domain.due_work import quiet_since
from larder.domain.lifecycle import Status
from larder.domain.moments import read_moment, write_moment
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
from larder.domain.telling import is_told, last_change

Record = dict[str, Any]

TELLING = "telling"
"""Is there, and ``due``, while somebody is still to be told: the index ``byTelling`` is sparse."""
TELLING_SINCE = "tellingSince"


def place_of(order: Order) -> str:
    """Where the order stands among its customer's: by creation time, then id."""
    millis = int(order.created_at.timestamp() * 1000)
    return f"{millis:013d}-{order.order_id.replace('-', '')}"


def write_order(order: Order) -> Record:
    """The order's record; None where it has nothing to say."""
    return {
        "orderId": order.order_id,
        "userId": order.user_id,
        "place": place_of(order),
        "customerEmail": order.customer_email,
        "groceryList": order.grocery_list,
        "requestDigest": order.request_digest,
        "createdAt": write_moment(order.created_at),
        "updatedAt": write_moment(order.updated_at),
        "correlationId": order.correlation_id,
        "status": order.status.value,
        "version": order.version,
        "step": order.step.value if order.step else None,
        "stepVersion": order.step_version,
        "items": [_write_item(item) for item in order.items] if order.items is not None else None,
        "lines": [_write_line(line) for line in order.lines] or None,
        "unmatched": [_write_unmatched(each) for each in order.unmatched] or None,
        "total": order.total.amount if order.total else None,
        "currency": order.total.currency if order.total else None,
        "degraded": order.degraded,
        "degradedBecause": list(order.degraded_because) or None,
        "paymentAttempt": order.payment_attempt,
        "paymentReference": order.payment_reference,
        "paymentLink": order.payment_link,
        "wantsLink": order.wants_link or None,
        "linkRequests": list(order.link_requests) or None,
        "chargeId": order.charge_id,
        "chargedReference": order.charged_reference,
        "refunds": {each.reference: _write_refund(each) for each in order.refunds} or None,
        "attempts": {step.value: count for step, count in order.attempts.items()} or None,
        "retryCount": order.retry_count,
        "retryStep": order.retry_step.value if order.retry_step else None,
        "scheduledAt": _write_optional(order.scheduled_at),
        "quietSince": write_moment(quiet_since(order)),
        "askedEnough": order.asked_enough or None,
        "attentionFrom": order.attention_from.value if order.attention_from else None,
        "attentionBecause": order.attention_because,
        "trail": [_write_change(change) for change in order.trail] or None,
        "statusVersion": last_change(order) or None,
        **{told_name(audience): version for audience, version in order.told.items()},
        **_write_telling(order),
    }


def told_name(audience: Audience) -> str:
    """The attribute that holds the last version an audience was told of."""
    return f"told{audience.value.title()}"


def read_order(record: Mapping[str, Any]) -> Order:
    """The order that a record keeps."""
    currency = record.get("currency", "")
    step = record.get("step")
    items = record.get("items")
    attention_from = record.get("attentionFrom")
    return Order(
        order_id=record["orderId"],
        user_id=record["userId"],
        customer_email=record["customerEmail"],
        grocery_list=record["groceryList"],
        request_digest=record["requestDigest"],
        created_at=read_moment(record["createdAt"]),
        updated_at=read_moment(record["updatedAt"]),
        correlation_id=record["correlationId"],
        status=Status(record["status"]),
        version=int(record["version"]),
        step=Step(step) if step else None,
        step_version=int(record["stepVersion"]),
        items=tuple(_read_item(item) for item in items) if items is not None else None,
        lines=tuple(_read_line(line, currency) for line in record.get("lines", ())),
        unmatched=tuple(_read_unmatched(each) for each in record.get("unmatched", ())),
        total=Money(int(record["total"]), currency) if "total" in record else None,
        degraded_because=tuple(record.get("degradedBecause", ())),
        payment_attempt=int(record.get("paymentAttempt", 0)),
        payment_reference=record.get("paymentReference"),
        payment_link=record.get("paymentLink"),
        wants_link=bool(record.get("wantsLink", False)),
        link_requests=tuple(record.get("linkRequests", ())),
        charge_id=record.get("chargeId"),
        charged_reference=record.get("chargedReference"),
        refunds=tuple(
            _read_refund(reference, each)
            for reference, each in sorted(record.get("refunds", {}).items())
        ),
        attempts={Step(name): int(n) for name, n in record.get("attempts", {}).items()},
        retry_count=int(record.get("retryCount", 0)),
        retry_step=Step(record["retryStep"]) if "retryStep" in record else None,
        scheduled_at=_read_optional(record.get("scheduledAt")),
        asked_enough=bool(record.get("askedEnough", False)),
        attention_from=Status(attention_from) if attention_from else None,
        attention_because=record.get("attentionBecause"),
        trail=tuple(_read_change(each) for each in record.get("trail", ())),
        told={a: int(record[told_name(a)]) for a in Audience if told_name(a) in record},
    )


def _write_item(item: Item) -> Record:
    return {
        "name": item.name,
        "quantity": item.quantity,
        "unit": item.unit,
        "confidence": Decimal(str(item.confidence)),
    }


def _read_item(record: Mapping[str, Any]) -> Item:
    return Item(record["name"], record["quantity"], record.get("unit"), float(record["confidence"]))


def _write_line(line: Line) -> Record:
    return {
        "productId": line.product_id,
        "name": line.name,
        "quantity": line.quantity,
        "unitPrice": line.unit_price.amount,
        "lineTotal": line.line_total.amount,
    }


def _read_line(record: Mapping[str, Any], currency: str) -> Line:
    return Line(
        record["productId"],
        record["name"],
        record["quantity"],
        Money(int(record["unitPrice"]), currency),
        Money(int(record["lineTotal"]), currency),
    )


def _write_unmatched(unmatched: Unmatched) -> Record:
    suggestions = [
        {"productId": each.product_id, "name": each.name} for each in unmatched.suggestions
    ]
    return {"text": unmatched.text, "suggestions": suggestions}


def _read_unmatched(record: Mapping[str, Any]) -> Unmatched:
    return Unmatched(
        record["text"],
        tuple(Suggestion(each["productId"], each["name"]) for each in record["suggestions"]),
    )


def _write_refund(refund: Refund) -> Record:
    return {
        "transactionId": refund.transaction_id,
        "state": refund.state.value,
        "claimedUntil": _write_optional(refund.claimed_until),
    }


def _read_refund(reference: str, record: Mapping[str, Any]) -> Refund:
    return Refund(
        reference,
        record["transactionId"],
        RefundState(record["state"]),
        _read_optional(record.get("claimedUntil")),
    )


def _write_telling(order: Order) -> Record:
    if is_told(order):
        return {}
    return {TELLING: "due", TELLING_SINCE: write_moment(order.trail[-1].at)}


def _write_change(change: StatusChange) -> Record:
    return {
        "version": change.version,
        "previous": change.previous.value if change.previous else None,
        "status": change.status.value,
        "at": write_moment(change.at),
    }


def _read_change(record: Mapping[str, Any]) -> StatusChange:
    previous = record.get("previous")
    return StatusChange(
        int(record["version"]),
        Status(previous) if previous else None,
        Status(record["status"]),
        read_moment(record["at"]),
    )


def _write_optional(moment: datetime | None) -> str | None:
    return write_moment(moment) if moment else None


def _read_optional(text: str | None) -> datetime | None:
    return read_moment(text) if text else None
