"""The payment links table: one record per order and attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import refused_item, store_errors
from larder.adapters.items import Item, from_item, to_item
from larder.domain.moments import read_moment, write_moment
from larder.domain.money import Money
from larder.domain.order import LinkState, PaymentLink
from larder.services.errors import Conflict, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoLinks:
    """Claims a reference before the provider is asked, and keeps the link it gave."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, link: PaymentLink) -> PaymentLink:
        """Put unless that attempt exists; gives the stored one, ours or the earlier."""
        try:
            with store_errors("claim the payment reference"):
                self._client.put_item(
                    TableName=self._table,
                    Item=_write(link),
                    ConditionExpression="attribute_not_exists(orderId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            return self._stored(link, refusal)
        return link

    def get(self, order_id: str, attempt: int) -> PaymentLink | None:
        """The link by a strongly consistent read, or None."""
        with store_errors("read the payment link"):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(order_id, attempt), ConsistentRead=True
            )
        item = answer.get("Item")
        return _read(item) if item else None

    def open(self, link: PaymentLink) -> None:
        """Write the link with its URL, whatever was stored: who holds the URL is right."""
        with store_errors("keep the payment link"):
            self._client.put_item(TableName=self._table, Item=_write(link))

    def lose(self, link: PaymentLink) -> PaymentLink:
        """Mark a link LOST if it is still CLAIMED; gives the stored one after that."""
        lost = replace(link, state=LinkState.LOST)
        try:
            with store_errors("mark the payment link as lost"):
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(link.order_id, link.attempt),
                    UpdateExpression="SET #state = :lost",
                    ConditionExpression="#state = :claimed",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues={
                        ":lost": {"S": LinkState.LOST.value},
                        ":claimed": {"S": LinkState.CLAIMED.value},
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            return self._stored(link, refusal)
        return lost

    def _stored(self, link: PaymentLink, refusal: Conflict) -> PaymentLink:
        found = refused_item(refusal)
        stored = _read(found) if found else self.get(link.order_id, link.attempt)
        if stored is None:
            raise StoreUnavailable("Could not write the payment link, nor read it.") from refusal
        return stored


def _key(order_id: str, attempt: int) -> Item:
    return {"orderId": {"S": order_id}, "attempt": {"N": str(attempt)}}


def _write(link: PaymentLink) -> Item:
    return to_item(
        {
            "orderId": link.order_id,
            "attempt": link.attempt,
            "reference": link.reference,
            "amount": link.amount.amount,
            "currency": link.amount.currency,
            "createdAt": write_moment(link.created_at),
            "state": link.state.value,
            "url": link.url,
        }
    )


def _read(item: Mapping[str, Any]) -> PaymentLink:
    record = from_item(item)
    return PaymentLink(
        order_id=record["orderId"],
        attempt=int(record["attempt"]),
        reference=record["reference"],
        amount=Money(int(record["amount"]), record["currency"]),
        created_at=read_moment(record["createdAt"]),
        state=LinkState(record["state"]),
        url=record.get("url"),
    )
