"""How customers see orders, products and money by either door; promised by contracts/openapi.yaml
and, with the same names, by contracts/schema.graphql."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from larder.domain.catalogue import Product
from larder.domain.moments import write_moment
from larder.domain.money import Money
from larder.domain.order import Item, Line, Order, Refund, RefundState, Unmatched

_REFUND_SHOWN = {
    RefundState.DUE: "DUE",
    RefundState.HELD: "DUE",  # with people; to the customer it is still to come
    RefundState.DONE: "DONE",
}


def view_connection(nodes: Sequence[object], cursor: str | None) -> dict[str, object]:
    """A page as GraphQL has it; ``cursor`` asks for the next one, None when there is none."""
    page = {"hasNextPage": cursor is not None, "endCursor": cursor}
    return {"nodes": list(nodes), "pageInfo": page}


def view_product(product: Product) -> dict[str, object]:
    """Something that can be bought."""
    return {
        "productId": product.product_id,
        "name": product.name,
        "productType": product.product_type,
        "unit": product.unit,
        "price": view_money(product.price),
        "available": product.available,
    }


def view_money(money: Money) -> dict[str, object]:
    """Minor units with their currency."""
    return {"amount": money.amount, "currency": money.currency}


def view_summary(order: Order) -> dict[str, object]:
    """An order in a list of them."""
    summary: dict[str, object] = {
        "orderId": order.order_id,
        "status": order.status.value,
        "version": order.version,
        "degraded": order.degraded,
    }
    if order.total is not None:
        summary["total"] = view_money(order.total)
    summary["createdAt"] = write_moment(order.created_at)
    summary["updatedAt"] = write_moment(order.updated_at)
    return summary


def view_order(order: Order) -> dict[str, object]:
    """An order, whole."""
    whole = {
        **view_summary(order),
        "items": [_view_item(item) for item in order.items or ()],
        "lines": [_view_line(line) for line in order.lines],
        "unmatched": [_view_unmatched(each) for each in order.unmatched],
    }
    payment = view_payment(order)
    if payment is not None:
        whole["payment"] = payment
    refunds = [_view_refund(each) for each in order.refunds if each.state in _REFUND_SHOWN]
    if refunds:
        whole["refunds"] = refunds
    return whole


def view_payment(order: Order) -> dict[str, object] | None:
    """The latest link, once there is one."""
    if order.payment_link is None:
        return None
    return {
        "link": order.payment_link,
        "reference": order.payment_reference,
        "attempt": order.payment_attempt,
    }


def _view_item(item: Item) -> dict[str, object]:
    view: dict[str, object] = {
        "name": item.name,
        "quantity": _number(item.quantity),
        "confidence": item.confidence,
    }
    if item.unit is not None:
        view["unit"] = item.unit
    return view


def _view_line(line: Line) -> dict[str, object]:
    return {
        "productId": line.product_id,
        "name": line.name,
        "quantity": _number(line.quantity),
        "unitPrice": view_money(line.unit_price),
        "lineTotal": view_money(line.line_total),
    }


def _view_unmatched(unmatched: Unmatched) -> dict[str, object]:
    suggestions = [
        {"productId": each.product_id, "name": each.name} for each in unmatched.suggestions
    ]
    return {"text": unmatched.text, "suggestions": suggestions}


def _view_refund(refund: Refund) -> dict[str, object]:
    return {"reference": refund.reference, "status": _REFUND_SHOWN[refund.state]}


def _number(quantity: Decimal) -> int | float:
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
