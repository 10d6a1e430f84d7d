"""A customer's own orders. Another's order is as if it weren't there."""

from __future__ import annotations

from larder.domain.order import Order
from larder.services.ports import Orders, Page


def read_order(order_id: str, user_id: str, orders: Orders) -> Order | None:
    """The order, if there is one and it is this customer's. Raises StoreUnavailable."""
    order = orders.get(order_id)
    return order if order is not None and order.user_id == user_id else None


def list_orders(user_id: str, orders: Orders, *, limit: int, cursor: str | None) -> Page[Order]:
    """A page of the customer's orders, newest first. Raises BadCursor, StoreUnavailable."""
    return orders.of_user(user_id, limit=limit, cursor=cursor)
