"""From an order's record to the event and the audit entry of its new status."""

from __future__ import annotations

from larder.domain.order import Order
from larder.services.ports import Audit, AuditEntry, Bus, StatusEvent


def publish_status(
    before: Order | None, after: Order | None, bus: Bus, audit: Audit
) -> StatusEvent | None:
    """Tell of a change of status; None when there was none.

    Both effects bear repetition: readers know an event by order and version, and the audit entry's
    id is made of them. Raises StoreUnavailable.
    """
    if after is None or (before is not None and before.status is after.status):
        return None
    event = StatusEvent(
        order_id=after.order_id,
        version=after.version,
        previous=before.status if before is not None else None,
        status=after.status,
        at=after.updated_at,
        correlation_id=after.correlation_id,
    )
    bus.publish(event)
    audit.record(
        AuditEntry(
            audit_id=f"order:{after.order_id}:{after.version}",
            at=after.updated_at,
            who=after.user_id if before is None else "larder",
            what="order.status",
            target=after.order_id,
            result=str(after.status),
            correlation_id=after.correlation_id,
        )
    )
    return event
