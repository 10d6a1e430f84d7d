"""What people do once the cause is gone: send an order on from where it stood."""

from __future__ import annotations

from larder.domain.changes import healed
from larder.domain.lifecycle import Status
from larder.domain.order import Order
from larder.services.ports import Clock, Orders
from larder.services.updates import update


def heal(order_id: str, orders: Orders, clock: Clock) -> Order:
    """The order, no longer in need of attention; its stream starts the due step.

    Raises UnknownOrder, Contended, StoreUnavailable.
    """
    return update(
        orders,
        order_id,
        lambda order: (
            healed(order, clock.now()) if order.status is Status.NEEDS_ATTENTION else None
        ),
    )
