"""The audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.adapters.items import to_item
from larder.domain.moments import write_moment
from larder.services.errors import Conflict
from larder.services.ports import AuditEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEPT_DAYS = 365


class DynamoAudit:
    """A table of entries that DynamoDB itself forgets after a year."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def record(self, entry: AuditEntry) -> None:
        """Keep the entry; an entry of the same id stays as it is."""
        record = {
            "auditId": entry.audit_id,
            "at": write_moment(entry.at),
            "who": entry.who,
            "what": entry.what,
            "target": entry.target,
            "result": entry.result,
            "correlationId": entry.correlation_id or None,
            "expiresAt": int(entry.at.timestamp()) + KEPT_DAYS * 86_400,
        }
        try:
            with store_errors("write to the audit log"):
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(record),
                    ConditionExpression="attribute_not_exists(auditId)",
                )
        except Conflict:
            return
