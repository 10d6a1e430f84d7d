"""Reading what services say: keys, JSON texts, DynamoDB items."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

from harness.model import Json

_ITEM = TypeDeserializer()


def key_of(value: Json, names: Sequence[str]) -> str | None:
    """The first of these fields that is found, nearest the top; None if there is none."""
    for name in names:
        waiting: deque[Json] = deque([value])
        while waiting:
            node = waiting.popleft()
            if isinstance(node, Mapping):
                found = node.get(name)
                if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
                    return str(found)
                waiting.extend(node.values())
            elif isinstance(node, list | tuple):
                waiting.extend(node)
    return None


def parsed(text: str) -> Json:
    """A message's JSON; of other text only that, since it may be anything."""
    try:
        return json.loads(text)
    except ValueError:
        return f"<not JSON, {len(text)} characters>"


def plain(image: Mapping[str, Any] | None) -> dict[str, Json]:
    """A DynamoDB item as plain JSON."""
    return {k: _plain(_ITEM.deserialize(v)) for k, v in (image or {}).items()}


def _plain(value: Any) -> Json:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, Binary | bytes):
        return "<bytes>"
    return value
