"""What the orders table knows of who was told of what: beside the order's own version, so that
telling never gets in the way of working."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import store_errors
from larder.adapters.items import Item
from larder.adapters.order_records import TELLING, TELLING_SINCE, told_name
from larder.domain.moments import write_moment
from larder.domain.order import Audience
from larder.services.errors import BadCursor, Conflict
from larder.services.ports import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_CURSOR = re.compile(r"[0-9TZ:.-]{24}/[0-9a-f-]{36}", re.ASCII)


class DynamoAnnouncements:
    """Orders of whose status somebody is still to be told (sparse index ``byTelling``)."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def record(self, order_id: str, told: Mapping[Audience, int], *, status_version: int) -> None:
        """Keep what each audience was told of last. Once everybody knows of ``status_version``,
        and if no later change was written meanwhile, nothing is left to be told."""
        done = all(told.get(audience, 0) >= status_version for audience in Audience)
        if not done or not self._finish(order_id, told, status_version):
            self._write(order_id, told, "", "attribute_exists(orderId)", {})

    def remind(self, order_id: str, now: datetime) -> bool:
        """Touch an order that somebody is still to be told of, so that its stream brings it again;
        False where nobody is, any more."""
        try:
            with store_errors("remind of an order"):
                self._client.update_item(
                    TableName=self._table,
                    Key={"orderId": {"S": order_id}},
                    UpdateExpression=f"SET {TELLING_SINCE} = :now",
                    ConditionExpression=f"attribute_exists({TELLING})",
                    ExpressionAttributeValues={":now": {"S": write_moment(now)}},
                )
        except Conflict:
            return False
        return True

    def due(self, *, before: datetime, limit: int, cursor: str | None) -> Page[str]:
        """Ids of orders that somebody is to be told of since before then, oldest first."""
        query: dict[str, Any] = {} if cursor is None else {"ExclusiveStartKey": _key(cursor)}
        with store_errors("find what is still to be told"):
            answer = self._client.query(
                TableName=self._table,
                IndexName="byTelling",
                KeyConditionExpression=f"{TELLING} = :due AND {TELLING_SINCE} <= :before",
                ExpressionAttributeValues={
                    ":due": {"S": "due"},
                    ":before": {"S": write_moment(before.astimezone(UTC))},
                },
                Limit=limit,
                **query,
            )
        found = tuple(item["orderId"]["S"] for item in answer["Items"])
        last = answer.get("LastEvaluatedKey")
        return Page(found, f"{last[TELLING_SINCE]['S']}/{last['orderId']['S']}" if last else None)

    def _finish(self, order_id: str, told: Mapping[Audience, int], status_version: int) -> bool:
        version = {":status": {"N": str(status_version)}}
        removed = f" REMOVE {TELLING}, {TELLING_SINCE}"
        try:
            self._write(order_id, told, removed, "statusVersion = :status", version)
        except Conflict:
            return False
        return True

    def _write(
        self, order_id: str, told: Mapping[Audience, int], more: str, condition: str, values: Item
    ) -> None:
        numbers = {f":{audience.value}": {"N": str(told[audience])} for audience in told}
        changes = ", ".join(f"{told_name(audience)} = :{audience.value}" for audience in told)
        with store_errors("keep who was told"):
            self._client.update_item(
                TableName=self._table,
                Key={"orderId": {"S": order_id}},
                UpdateExpression=f"SET {changes}{more}",
                ConditionExpression=condition,
                ExpressionAttributeValues={**numbers, **values},
            )


def _key(cursor: str) -> Item:
    if not _CURSOR.fullmatch(cursor):
        raise BadCursor("A cursor of untold orders is a moment, a slash and an order id.")
    since, order_id = cursor.split("/")
    return {TELLING: {"S": "due"}, TELLING_SINCE: {"S": since}, "orderId": {"S": order_id}}
