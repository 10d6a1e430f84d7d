"""The message of the work queues. Its JSON is a contract (contracts/asyncapi.yaml)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from larder.domain.errors import MalformedMessage
from larder.domain.order import Step

SCHEMA_VERSION = "1.0"
NEEDS_REFERENCE = frozenset({Step.SETTLE, Step.REFUND})

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CORRELATION_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_REFERENCE = re.compile(r"ldr-[0-9a-f]{32}-[1-9][0-9]{0,2}")
_MOST_REDRIVES = 3


@dataclass(frozen=True, slots=True)
class Work:
    """One step to be done on one order.

    `version` is the order's when this was sent, `reference` the provider's (for settle and
    refund), `retry_count` counts the redrives that the message has behind it.
    """

    order_id: str
    step: Step
    version: int
    correlation_id: str
    reference: str | None = None
    retry_count: int = 0


def to_json(work: Work) -> str:
    """The message body of a piece of work."""
    body: dict[str, object] = {
        "schemaVersion": SCHEMA_VERSION,
        "kind": work.step.value,
        "orderId": work.order_id,
        "version": work.version,
        "correlationId": work.correlation_id,
    }
    if work.reference is not None:
        body["reference"] = work.reference
    if work.retry_count:
        body["retryCount"] = work.retry_count
    return json.dumps(body)


def from_json(body: str) -> Work:
    """The piece of work in a message body; raises MalformedMessage."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("The message body isn't JSON.") from error
    if not isinstance(data, dict):
        raise MalformedMessage("The message body isn't a JSON object.")
    if not _text(data, "schemaVersion").startswith("1."):
        raise MalformedMessage("The message is of a schema version that is unknown here.")
    step = _step(data)
    return Work(
        order_id=_shaped(data, "orderId", _ORDER_ID),
        step=step,
        version=_count(data, "version"),
        correlation_id=_shaped(data, "correlationId", _CORRELATION_ID),
        reference=_shaped(data, "reference", _REFERENCE) if step in NEEDS_REFERENCE else None,
        retry_count=_count(data, "retryCount", default=0, most=_MOST_REDRIVES),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedMessage(f"The message has no {key}.")
    return value


def _shaped(data: Mapping[str, object], key: str, shape: re.Pattern[str]) -> str:
    value = _text(data, key)
    if shape.fullmatch(value) is None:
        raise MalformedMessage(f"The message's {key} doesn't look like one.")
    return value


def _count(
    data: Mapping[str, object], key: str, *, default: int | None = None, most: int | None = None
) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedMessage(f"The message's {key} isn't a count.")
    if most is not None and value > most:
        raise MalformedMessage(f"The message's {key} is more than {most}.")
    return value


def _step(data: Mapping[str, object]) -> Step:
    name = _text(data, "kind")
    try:
        return Step(name)
    except ValueError as error:
        raise MalformedMessage(f"The message is of an unknown kind {name[:40]!r}.") from error
