"""Changing an order: read, decide, write on condition; from the start again after a conflict."""

from __future__ import annotations

from collections.abc import Callable

from larder.domain.order import Order
from larder.services.errors import Conflict, Contended, UnknownOrder
from larder.services.ports import Orders

TRIES = 10


def update(orders: Orders, order_id: str, change: Callable[[Order], Order | None]) -> Order:
    """The order after `change`; None from `change` means that nothing has to be written.

    `change` is pure and sees the stored order anew at each try, so it must check that its work is
    still due. Raises UnknownOrder, Contended, StoreUnavailable and what `change` raises.
    """
    for _ in range(TRIES):
        order = orders.get(order_id)
        if order is None:
            raise UnknownOrder(f"There is no order {order_id}.")
        changed = change(order)
        if changed is None:
            return order
        if _saved(changed, order, orders):
            return changed
    raise Contended(f"The order {order_id} changed {TRIES} times while it was being written.")


def update_seen(orders: Orders, seen: Order, change: Callable[[Order], Order | None]) -> Order:
    """As `update`, for an order that was read a moment ago: if it is still so, it isn't read
    again."""
    changed = change(seen)
    if changed is not None and _saved(changed, seen, orders):
        return changed
    return update(orders, seen.order_id, change)


def _saved(changed: Order, was: Order, orders: Orders) -> bool:
    try:
        orders.save(changed, was=was)
    except Conflict:
        return False
    return True
