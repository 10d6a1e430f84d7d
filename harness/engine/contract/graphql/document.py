"""One operation as it is sent, and how it is written."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.model import Json
from harness.specs import RootField

NAME = "Check"


@dataclass(frozen=True)
class Asked:
    """A document, its variables, and the field that it is about."""

    field: RootField
    text: str
    variables: Mapping[str, Json] = dataclasses.field(default_factory=dict)
    operation_name: str | None = None
    aliases: int = 0
    """How many times it asks for the field, as ``a1``, ``a2`` and so on; 0 for once, as itself."""

    @property
    def roots(self) -> tuple[str, ...]:
        """Under which names the field's values come."""
        return tuple(f"a{n}" for n in range(1, self.aliases + 1)) or (self.field.name,)

    def body(self) -> bytes:
        """The HTTP request's body."""
        asked: dict[str, Json] = {"query": self.text, "variables": dict(self.variables)}
        if self.operation_name is not None:
            asked["operationName"] = self.operation_name
        return json.dumps(asked).encode()

    def with_variable(self, name: str, value: Json) -> "Asked":
        """Another value of a variable."""
        return replace(self, variables={**self.variables, name: value})

    def with_text(self, text: str) -> "Asked":
        """Another document with the same variables."""
        return replace(self, text=text)


def write(
    root: RootField, arguments: Mapping[str, Json], selection: str, *, inside: str | None = None
) -> Asked:
    """A document that asks for one field, every argument a variable.

    Args:
        selection: of its value, braces included; empty for a scalar.
        inside: what stands in the operation's braces, instead of the field once.
    """
    body = inside if inside is not None else f"{call(root, arguments)} {selection}".strip()
    return Asked(root, f"{head(root, arguments)} {{ {body} }}", dict(arguments))


def head(root: RootField, arguments: Mapping[str, Json]) -> str:
    """``query Check($orderId: ID!)``."""
    declared = [f"${n}: {a.type}" for n, a in root.definition.args.items() if n in arguments]
    return f"{root.operation} {NAME}" + (f"({', '.join(declared)})" if declared else "")


def call(root: RootField, arguments: Mapping[str, Json]) -> str:
    """``order(orderId: $orderId)``."""
    given = [f"{n}: ${n}" for n in root.definition.args if n in arguments]
    return root.name + (f"({', '.join(given)})" if given else "")
