"""The ops topic. What it carries is a contract (contracts/asyncapi.yaml)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.domain.moments import write_moment
from larder.services.ports import Alert

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

SCHEMA_VERSION = "1.0"


class SnsAlerts:
    """Calls for people through a topic that they subscribe to."""

    def __init__(self, client: SNSClient, topic: str) -> None:
        self._client = client
        self._topic = topic

    def raise_(self, alert: Alert) -> None:
        """Tell the people on duty."""
        with store_errors("raise an alert"):
            self._client.publish(
                TopicArn=self._topic,
                Subject=f"Larder: {alert.kind.value}",
                Message=json.dumps(_message(alert)),
            )


def _message(alert: Alert) -> dict[str, object]:
    told = {
        "schemaVersion": SCHEMA_VERSION,
        "alert": alert.kind.value,
        "orderId": alert.order_id,
        "step": alert.step.value if alert.step else None,
        "reference": alert.reference,
        "retryCount": alert.retry_count,
        "at": write_moment(alert.at),
        "correlationId": alert.correlation_id,
    }
    return {name: value for name, value in told.items() if value is not None}
