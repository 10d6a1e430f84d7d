"""What the stream of the orders table tells of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.adapters.items import from_item
from larder.adapters.order_records import read_order
from larder.domain.order import Order


def read_change(record: Mapping[str, Any]) -> tuple[Order | None, Order | None]:
    """The order before and after a stream record; None where there was, or is, none."""
    change = record["dynamodb"]
    return _order(change.get("OldImage")), _order(change.get("NewImage"))


def changed_order(record: Mapping[str, Any]) -> str:
    """The id of the order that a stream record is about."""
    return str(record["dynamodb"]["Keys"]["orderId"]["S"])


def _order(image: Mapping[str, Any] | None) -> Order | None:
    return read_order(from_item(image)) if image else None
