"""Which changes of an order's status each audience is still to be told of.

The record itself holds them, written with the change: whatever is lost on the way to an audience,
what it has missed is known, and is told in order.
"""

from __future__ import annotations

from larder.domain.order import Audience, Order, StatusChange


def first_change(order: Order) -> StatusChange:
    """That a new order came to be."""
    return StatusChange(order.version, None, order.status, order.created_at)


def trail_after(before: Order, after: Order) -> tuple[StatusChange, ...]:
    """The trail with the change that made ``after`` of ``before``, without what everybody knows."""
    change = StatusChange(after.version, before.status, after.status, after.updated_at)
    known_to_all = min(before.told.get(audience, 0) for audience in Audience)
    return (*(each for each in before.trail if each.version > known_to_all), change)


def untold(order: Order, audience: Audience) -> tuple[StatusChange, ...]:
    """What an audience is still to be told of, in order."""
    known = order.told.get(audience, 0)
    return tuple(change for change in order.trail if change.version > known)


def last_change(order: Order) -> int:
    """The version at which the order came to its status; 0 for one without a trail."""
    return order.trail[-1].version if order.trail else 0


def is_told(order: Order) -> bool:
    """Whether everybody knows where the order stands."""
    return not any(untold(order, audience) for audience in Audience)
