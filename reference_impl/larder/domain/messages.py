"""The message of the work queues. Its JSON is a contract (contracts/asyncapi.yaml)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from larder.domain.errors import MalformedMessage
from larder.domain.order import Step

SCHEMA_VERSION = "1.0"
NEEDS_REFERENCE = frozenset({Step.SETTLE, Step.REFUND})


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
        order_id=_text(data, "orderId"),
        step=step,
        version=_count(data, "version"),
        correlation_id=_text(data, "correlationId"),
        reference=_text(data, "reference") if step in NEEDS_REFERENCE else None,
        retry_count=_count(data, "retryCount", default=0),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedMessage(f"The message has no {key}.")
    return value


def _count(data: Mapping[str, object], key: str, *, default: int | None = None) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedMessage(f"The message's {key} isn't a count.")
    return value


def _step(data: Mapping[str, object]) -> Step:
    name = _text(data, "kind")
    try:
        return Step(name)
    except ValueError as error:
        raise MalformedMessage(f"The message is of an unknown kind {name[:40]!r}.") from error
