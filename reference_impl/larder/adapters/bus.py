"""The event bus. What it carries is a contract (contracts/asyncapi.yaml)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.domain.moments import write_moment
from larder.services.errors import StoreUnavailable
from larder.services.ports import StatusEvent

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

SCHEMA_VERSION = "1.0"
SOURCE = "larder.orders"
DETAIL_TYPE = "order.status"


class EventBridgeBus:
    """Publishes to one bus."""

    def __init__(self, client: EventBridgeClient, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, event: StatusEvent) -> None:
        """Tell everybody."""
        with store_errors("publish an event"):
            answer = self._client.put_events(
                Entries=[
                    {
                        "EventBusName": self._name,
                        "Source": SOURCE,
                        "DetailType": DETAIL_TYPE,
                        "Time": event.at,
                        "Detail": json.dumps(_detail(event)),
                    }
                ]
            )
        # The call succeeds even when the entry was refused.
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode", "no code")
            raise StoreUnavailable(f"Could not publish an event: {code}.")


def _detail(event: StatusEvent) -> dict[str, object]:
    told = {
        "schemaVersion": SCHEMA_VERSION,
        "orderId": event.order_id,
        "version": event.version,
        "from": event.previous.value if event.previous else None,
        "to": event.status.value,
        "at": write_moment(event.at),
        "correlationId": event.correlation_id,
    }
    return {name: value for name, value in told.items() if value is not None}
