"""The orders table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import refused_item, store_errors
from larder.adapters.items import Item, from_item, to_item
from larder.adapters.order_records import TELLING, place_of, read_order, write_order
from larder.domain.moments import read_moment, write_moment
from larder.domain.order import Order, OrderSummary, Step
from larder.services.errors import BadCursor, Conflict, StoreUnavailable
from larder.services.ports import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_PLACE = re.compile(r"[0-9]{13}-[0-9a-f]{32}", re.ASCII)
_DUE_CURSOR = re.compile(r"[0-9TZ:.-]{24}/[0-9a-f-]{36}", re.ASCII)


class DynamoOrders:
    """Orders by id, by customer (index ``byUser``) and by the step due (sparse ``byStep``)."""

    def __init__(self, client: DynamoDBClient, table: str, new_id: Callable[[], str]) -> None:
        self._client = client
        self._table = table
        self._new_id = new_id

    def create(self, order: Order) -> Order:
        """Put unless an order of that id exists; gives the stored one, ours or the earlier."""
        try:
            with store_errors("create the order"):
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(write_order(order)),
                    ConditionExpression="attribute_not_exists(orderId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            found = refused_item(refusal)
            stored = read_order(from_item(found)) if found else self.get(order.order_id)
            if stored is None:
                raise StoreUnavailable("Could not create the order, nor read it.") from refusal
            return stored
        return order

    def get(self, order_id: str) -> Order | None:
        """The order by a strongly consistent read, or None."""
        with store_errors("read the order"):
            answer = self._client.get_item(
                TableName=self._table, Key={"orderId": {"S": order_id}}, ConsistentRead=True
            )
        item = answer.get("Item")
        return read_order(from_item(item)) if item else None

    def save(self, order: Order, *, was: Order) -> None:
        """Replace ``was`` by ``order`` in one write. Raises Conflict.

        Each write leaves its own name in the record: so one whose answer was lost, and which the
        SDK repeated, is told from another's.
        """
        name = {"S": self._new_id()}
        after = {**to_item(write_order(order)), "writtenBy": name}
        change = _difference(_known(was, order), after)
        try:
            with store_errors("save the order"):
                self._client.update_item(
                    TableName=self._table,
                    Key={"orderId": {"S": order.order_id}},
                    ConditionExpression="#status_was = :status_was AND #version_was = :version_was",
                    UpdateExpression=change.expression,
                    ExpressionAttributeNames={
                        **change.names,
                        "#status_was": "status",
                        "#version_was": "version",
                    },
                    ExpressionAttributeValues={
                        **change.values,
                        ":status_was": {"S": was.status.value},
                        ":version_was": {"N": str(was.version)},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            if refused_item(refusal).get("writtenBy") != name:
                raise

    def of_user(self, user_id: str, *, limit: int, cursor: str | None) -> Page[Order]:
        """A customer's orders, newest first. A cursor is the place of the order before."""
        if cursor is not None and not _PLACE.fullmatch(cursor):
            raise BadCursor("An order cursor is 13 digits, a dash and 32 hexadecimal digits.")
        bound = "" if cursor is None else " AND place < :cursor"
        values: Item = {":user": {"S": user_id}}
        if cursor is not None:
            values[":cursor"] = {"S": cursor}
        with store_errors("list the orders"):
            answer = self._client.query(
                TableName=self._table,
                IndexName="byUser",
                KeyConditionExpression=f"userId = :user{bound}",
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                Limit=limit + 1,
            )
        orders = [read_order(from_item(item)) for item in answer["Items"]]
        page = tuple(orders[:limit])
        return Page(page, place_of(page[-1]) if len(orders) > limit else None)

    def due(
        self, step: Step, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[OrderSummary]:
        """Orders on which ``step`` is due and that are quiet since ``before``."""
        query: dict[str, Any] = {} if cursor is None else {"ExclusiveStartKey": _key(step, cursor)}
        with store_errors("find the orders that wait"):
            answer = self._client.query(
                TableName=self._table,
                IndexName="byStep",
                KeyConditionExpression="#step = :step AND quietSince <= :before",
                ExpressionAttributeNames={"#step": "step"},
                ExpressionAttributeValues={
                    ":step": {"S": step.value},
                    ":before": {"S": write_moment(before.astimezone(UTC))},
                },
                Limit=limit,
                **query,
            )
        found = tuple(_summary(item) for item in answer["Items"])
        last = answer.get("LastEvaluatedKey")
        return Page(found, f"{last['quietSince']['S']}/{last['orderId']['S']}" if last else None)


class _Change:
    """An update expression with its names and values."""

    def __init__(self, set_: Mapping[str, Any], removed: list[str]) -> None:
        touched = [*set_, *removed]
        number = {name: index for index, name in enumerate(touched)}
        assignments = ", ".join(f"#n{number[name]} = :v{number[name]}" for name in set_)
        removals = ", ".join(f"#n{number[name]}" for name in removed)
        parts = [f"SET {assignments}"] + ([f"REMOVE {removals}"] if removed else [])
        self.expression = " ".join(parts)
        self.names = {f"#n{index}": name for name, index in number.items()}
        self.values = {f":v{number[name]}": value for name, value in set_.items()}


def _known(was: Order, order: Order) -> Item:
    """The record as it is known to stand. That somebody is still to be told may have been taken off
    it meanwhile, so a new status says so anew."""
    known = to_item(write_order(was))
    if order.status is not was.status:
        known.pop(TELLING, None)
    return known


def _difference(was: Item, order: Item) -> _Change:
    """Only what differs is written: attributes that this version doesn't know are kept."""
    changed = {name: value for name, value in order.items() if was.get(name) != value}
    return _Change(changed, [name for name in was if name not in order])


def _summary(item: Mapping[str, Any]) -> OrderSummary:
    return OrderSummary(
        item["orderId"]["S"], Step(item["step"]["S"]), read_moment(item["quietSince"]["S"])
    )


def _key(step: Step, cursor: str) -> Item:
    if not _DUE_CURSOR.fullmatch(cursor):
        raise BadCursor("A cursor of waiting orders is a moment, a slash and an order id.")
    quiet_since, order_id = cursor.split("/")
    return {
        "step": {"S": step.value},
        "quietSince": {"S": quiet_since},
        "orderId": {"S": order_id},
    }
