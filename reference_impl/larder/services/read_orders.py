"""A customer's own orders. To its customer, another's order is as if it weren't there."""

from __future__ import annotations

from larder.domain.errors import LarderError
from larder.domain.order import Order
from larder.services.ports import Orders, Page


class NotYours(LarderError):
    """There is such an order, and it is another customer's: to be kept, and not to be told."""


def read_order(order_id: str, user_id: str, orders: Orders) -> Order | None:
    """The order, if there is one. Raises NotYours, StoreUnavailable."""
    order = orders.get(order_id)
    if order is not None and order.user_id != user_id:
        raise NotYours(f"The order {order_id} is another customer's.")
    return order


def list_orders(user_id: str, orders: Orders, *, limit: int, cursor: str | None) -> Page[Order]:
    """A page of the customer's orders, newest first. Raises BadCursor, StoreUnavailable."""
    return orders.of_user(user_id, limit=limit, cursor=cursor)
