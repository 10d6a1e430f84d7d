"""The message of the work queues. Its JSON is a contract (contracts/asyncapi.yaml)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from larder.domain.errors import MalformedMessage
from larder.domain.order import Step

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Work:
    """One step due on one order.

    `step_version` is the order's version at which the step became due, `reference` is set for
    settle, `retry_count` counts the redrives that the message has behind it.
    """

    order_id: str
    step: Step
    step_version: int
    correlation_id: str
    reference: str | None = None
    retry_count: int = 0


def to_json(work: Work) -> str:
    """The message body of a piece of work."""
    body: dict[str, object] = {
        "schemaVersion": SCHEMA_VERSION,
        "orderId": work.order_id,
        "step": work.step.value,
        "stepVersion": work.step_version,
        "correlationId": work.correlation_id,
        "retryCount": work.retry_count,
    }
    if work.reference is not None:
        body["reference"] = work.reference
    return json.dumps(body)


def from_json(body: str) -> Work:
    """The piece of work in a message body; raises MalformedMessage."""
    try:
        data = json.loads(body)
    except ValueError as error:
        raise MalformedMessage("The message body isn't JSON.") from error
    if not isinstance(data, dict):
        raise MalformedMessage("The message body isn't a JSON object.")
    return Work(
        order_id=_text(data, "orderId"),
        step=_step(data),
        step_version=_count(data, "stepVersion", default=0),
        correlation_id=str(data.get("correlationId") or ""),
        reference=_text(data, "reference") if data.get("reference") is not None else None,
        retry_count=_count(data, "retryCount", default=0),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedMessage(f"The message has no {key}.")
    return value


def _count(data: Mapping[str, object], key: str, *, default: int) -> int:
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedMessage(f"The message's {key} isn't a count.")
    return value


def _step(data: Mapping[str, object]) -> Step:
    name = _text(data, "step")
    try:
        return Step(name)
    except ValueError as error:
        raise MalformedMessage(f"The message names an unknown step {name!r}.") from error
