"""Records as DynamoDB's low-level client takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Item = dict[str, Any]
"""A record whose values are tagged with their types: ``{"S": "text"}``."""


def to_item(record: Mapping[str, object]) -> Item:
    """A record for the client; what is None is left out. TypeError for what it can't keep."""
    return {name: _tag(value) for name, value in record.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain record behind an item; numbers are Decimals."""
    return {name: _plain(value) for name, value in item.items()}


def _tag(value: object) -> Item:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, (int, Decimal)):
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": to_item(value)}
    if isinstance(value, Sequence):
        return {"L": [_tag(each) for each in value]}
    raise TypeError(f"a record can't keep a {type(value).__name__}")


def _plain(value: Mapping[str, Any]) -> Any:
    ((tag, held),) = value.items()
    match tag:
        case "N":
            return Decimal(held)
        case "M":
            return from_item(held)
        case "L":
            return [_plain(each) for each in held]
        case "SS":
            return set(held)
        case "NULL":
            return None
    return held
