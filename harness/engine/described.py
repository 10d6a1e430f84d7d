"""What a deployed stage's template and outputs tell of it that answers are held against."""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.model import Stage

_API = "AWS::AppSync::GraphQLApi"
_SHORT = 8
"""Names of fewer characters may well stand in a text by chance."""


def introspection_of(stage: Stage) -> bool | None:
    """Whether the template lets GraphQL schemas be asked for; None where it has no API."""
    for properties in _resources(stage, _API):
        return bool(properties.get("IntrospectionConfig", "ENABLED") != "DISABLED")
    return None


def internals_of(stage: Stage) -> frozenset[str]:
    """Names of functions, and of what outputs name that isn't an address: tables, queues …"""
    names = [*stage.functions.values()]
    names += [v.rpartition("/")[2] for v in stage.outputs.values() if ":function:" not in v]
    return frozenset(n for n in names if len(n) >= _SHORT and "-" in n and "." not in n)


def _resources(stage: Stage, kind: str) -> Iterator[Mapping[str, Any]]:
    template: Any = stage.described or stage.template
    for resource in (template.get("Resources") or {}).values():
        if isinstance(resource, Mapping) and resource.get("Type") == kind:
            yield resource.get("Properties") or {}
