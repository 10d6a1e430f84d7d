"""Whether a fault's point is this call."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model import Fault, Json

ANY = "*"
"""A service or operation of this name stands for all: rules of outside tools may name none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt of one call, as its host sees it."""

    service: str
    operation: str
    key: str | None
    function: str | None
    resource: str | None
    request: Mapping[str, Json]
    attempt: int
    sdk_call: str | None


def matches(fault: Fault, asked: Asked) -> bool:
    """Whether the call is at the fault's point; one that names no key never is where keys count."""
    at = fault.at
    return (
        at.service in (ANY, asked.service)
        and at.operation in (ANY, asked.operation)
        and at.function in (None, asked.function)
        and at.resource in (None, asked.resource)
        and (asked.key is not None or not fault.per_key)
        and all(_at_path(asked.request, path) == value for path, value in at.match.items())
    )


def _at_path(request: Json, path: str) -> Json:
    """The value under a field name, or under several joined by dots."""
    value = request
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value
