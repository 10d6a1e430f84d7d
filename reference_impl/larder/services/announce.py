"""Telling of changes of status: the audit log, the bus and the customer, each in order and at its
own pace.

Orders are told of side by side, for telling is waiting: one after the other, a batch of a hundred
changes would keep its last customer waiting for longer than they are promised.

What an audience missed stands in the order's record, and it is told of it before anything later. It
may be told twice (a worker dies between telling and keeping that it told), never with a gap: by
order and version it knows a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from larder.domain.order import Audience, Order, StatusChange
from larder.domain.telling import last_change, untold
from larder.services.errors import PortError, Unavailable
from larder.services.ports import Announcements, Audit, AuditEntry, Orders, StatusEvent

Tell = Callable[[StatusEvent], None]

AT_ONCE = 8
"""Orders that are told of side by side."""


@dataclass(frozen=True, slots=True)
class AnnouncePorts:
    """The orders, what is kept of who was told, and how each audience is told."""

    orders: Orders
    announcements: Announcements
    tell: Mapping[Audience, Tell]


@dataclass(slots=True)
class Announced:
    """What was told, and what went wrong."""

    told: list[tuple[Audience, StatusEvent]] = field(default_factory=list)
    errors: list[PortError] = field(default_factory=list)


def announce(order_ids: Iterable[str], ports: AnnouncePorts) -> Announced:
    """Tell every audience what it has missed of these orders, as they stand now.

    Nothing is raised: one order, or one audience, keeps no other waiting. What went wrong is still
    to be told, and the caller sees to it that it comes again.
    """
    done = Announced()
    silent: set[Audience] = set()
    with ThreadPoolExecutor(AT_ONCE, "teller") as tellers:
        for each in tellers.map(lambda order_id: _announce(order_id, ports, silent), order_ids):
            done.told += each.told
            done.errors += each.errors
    return done


def _announce(order_id: str, ports: AnnouncePorts, silent: set[Audience]) -> Announced:
    """``silent`` is shared by all orders: an audience that didn't answer isn't asked again in the
    same run, for each time would cost its time-out."""
    done = Announced()
    try:
        order = ports.orders.get(order_id)
        if order is None:
            return done
        told = {each: _tell(each, order, ports, done, silent) for each in Audience}
        if told != order.told and order.trail:
            ports.announcements.record(order_id, told, status_version=last_change(order))
    except PortError as error:
        done.errors.append(error)
    return done


def _tell(
    audience: Audience,
    order: Order,
    ports: AnnouncePorts,
    done: Announced,
    silent: set[Audience],
) -> int:
    """Gives the last version that the audience knows of after that."""
    known = order.told.get(audience, 0)
    for change in untold(order, audience):
        if audience in silent:
            return known
        event = _event(order, change)
        try:
            ports.tell[audience](event)
        except PortError as error:
            done.errors.append(error)
            if isinstance(error, Unavailable):
                silent.add(audience)
            return known
        done.told.append((audience, event))
        known = change.version
    return known


def _event(order: Order, change: StatusChange) -> StatusEvent:
    return StatusEvent(
        order_id=order.order_id,
        customer_id=order.user_id,
        version=change.version,
        previous=change.previous,
        status=change.status,
        at=change.at,
        correlation_id=order.correlation_id,
    )


def audited(audit: Audit) -> Tell:
    """How the audit log is told; an entry's id is made of order and version, so a repeat is one."""

    def tell(event: StatusEvent) -> None:
        audit.record(
            AuditEntry(
                audit_id=f"order:{event.order_id}:{event.version}",
                at=event.at,
                who=event.customer_id if event.previous is None else "larder",
                what="order.status",
                target=event.order_id,
                result=str(event.status),
                correlation_id=event.correlation_id,
            )
        )

    return tell
