"""A GraphQL contract as the rest of the harness asks for it."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLSchema,
    introspection_from_schema,
    is_enum_type,
    is_object_type,
    is_scalar_type,
    is_specified_scalar_type,
)

from harness.sdl import Mode, SdlError, build_schema, directives_of, modes_of, subscriptions_of
from harness.sdl.errors import line_of
from harness.specs.errors import ContractError, Problem

KINDS = ("Query", "Mutation", "Subscription")

_PROMISE = re.compile(r"(?i)\b(errors|under fault):(.*?)(?:\.(?=\s|$)|\n\s*\n|\Z)", re.DOTALL)
_CODE = re.compile(r"[A-Za-z_]\w*")
_CODES_ENUM = re.compile(r"Error(Type|Code)?s?$")
_FOR_SYSTEMS = frozenset({Mode.IAM, Mode.API_KEY})


@dataclass(frozen=True)
class RootField:
    """One field of Query, Mutation or Subscription: what can be asked for."""

    kind: str
    """``Query``, ``Mutation`` or ``Subscription``, whatever the type is called."""
    name: str
    definition: GraphQLField
    line: int
    modes: frozenset[Mode] = frozenset()
    """Who may ask, where its directives or its type's say; empty for the API's default."""
    systems: frozenset[Mode] = _FOR_SYSTEMS
    """How only systems prove who they are."""

    @property
    def label(self) -> str:
        """What units and findings call it: ``Query.order``."""
        return f"{self.kind}.{self.name}"

    @property
    def operation(self) -> str:
        """The keyword that starts its documents."""
        return self.kind.lower()

    @property
    def recorded(self) -> str:
        """What histories call an operation that asks for it alone: ``query order``."""
        return f"{self.operation} {self.name}"

    @cached_property
    def promises(self) -> dict[str, tuple[str, ...]]:
        """What its description promises: ``errors`` and ``under fault`` → codes."""
        return promises_of(self.definition.description or "")

    @property
    def says_errors(self) -> bool:
        """Whether its description says which errors it can answer with."""
        return "errors" in self.promises

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that its description documents, those that need a fault too."""
        return tuple(dict.fromkeys((*self.promises.get("errors", ()), *self.under_fault)))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a customer can be answered: ``ok`` and its codes; AppSync's own for systems' fields.

        ``Unauthorized``: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
        """
        return ("Unauthorized",) if self.for_systems else ("ok", *self.codes)

    @property
    def under_fault(self) -> tuple[str, ...]:
        """Codes that need something that the application depends on to fail."""
        return self.promises.get("under fault", ())

    @property
    def for_systems(self) -> bool:
        """Whether no customer may ask: only who signs as an AWS identity, or has a key."""
        return bool(self.modes) and self.modes <= self.systems


@dataclass(frozen=True)
class GraphQl:
    """A linted GraphQL contract."""

    path: Path
    """As people know it: relative to the project."""
    text: str
    schema: GraphQLSchema
    waived: tuple[str, ...] = ()
    """Lints that the file itself sets aside, each with its place and reason."""
    customers: frozenset[Mode] = frozenset()
    """How this application's customers prove who they are, besides by a token."""

    @property
    def systems(self) -> frozenset[Mode]:
        """How only systems do: by a key or an AWS identity, unless customers have just that."""
        return _FOR_SYSTEMS - self.customers

    @property
    def file(self) -> str:
        """The file, as people know it."""
        return self.path.as_posix()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def introspection(self) -> Mapping[str, Any]:
        """What the schema answers to an introspection query."""
        return dict(introspection_from_schema(self.schema))

    @cached_property
    def subscriptions(self) -> Mapping[str, Collection[str]]:
        """Mutation → the subscription fields that it feeds."""
        return subscriptions_of(self.schema)

    @cached_property
    def fields(self) -> tuple[RootField, ...]:
        """Everything that can be asked for, in the order of the file."""
        return tuple(_root_fields(self.schema, self.systems))

    def field(self, label: str) -> RootField:
        """The field of this label.

        Raises:
            KeyError: there is none.
        """
        for field in self.fields:
            if field.label == label:
                return field
        raise KeyError(label)

    @cached_property
    def code_enums(self) -> tuple[str, ...]:
        """Enums whose name says that they list the codes of errors."""
        kinds = self.schema.type_map.values()
        return tuple(
            k.name for k in kinds
            if is_enum_type(k) and not k.name.startswith("__") and _CODES_ENUM.search(k.name)
        )  # fmt: skip

    @cached_property
    def own_scalars(self) -> tuple[str, ...]:
        """Scalars that aren't GraphQL's own."""
        kinds = self.schema.type_map.values()
        return tuple(k.name for k in kinds if is_scalar_type(k) and not is_specified_scalar_type(k))

    def values_of(self, enum: str) -> tuple[str, ...]:
        """An enum's values.

        Raises:
            KeyError: there is no such enum.
        """
        kind = self.schema.get_type(enum)
        if not is_enum_type(kind):
            raise KeyError(enum)
        return tuple(kind.values)

    def modes(self, type_name: str, field_name: str) -> frozenset[Mode]:
        """Who may see a field of any type; empty for the API's default."""
        kind: Any = self.schema.get_type(type_name)
        if not is_object_type(kind) or field_name not in kind.fields:
            return frozenset()
        return modes_of(directives_of(kind.fields[field_name])) or modes_of(directives_of(kind))


def read_sdl(root: Path, path: str) -> GraphQl:
    """Read a schema from its file and check its form.

    Raises:
        ContractError: with every problem found.
    """
    file = Path(path)
    try:
        text = (root / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContractError(
            [Problem(file, 1, f"cannot be read: {reason}", "check [contracts] in harness.toml")]
        ) from None
    try:
        schema = build_schema(text)
        subscriptions_of(schema)
    except SdlError as error:
        raise ContractError(
            [Problem(file, line or 1, what, error.mend) for line, what in error.all]
        ) from None
    return GraphQl(file, text, schema)


def promises_of(description: str) -> dict[str, tuple[str, ...]]:
    """The codes that a description lists: ``Errors: NOT_FOUND, INVALID. Under fault: LATER.``

    ``Errors: none.`` promises that there are none. A list ends with its sentence.
    """
    return {
        found[1].lower(): tuple(dict.fromkeys(c for c in _CODE.findall(found[2]) if c.isupper()))
        for found in _PROMISE.finditer(description)
    }


def _root_fields(schema: GraphQLSchema, systems: frozenset[Mode]) -> Iterator[RootField]:
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    for kind, root in zip(KINDS, roots, strict=True):
        if root is None:
            continue
        inherited = modes_of(directives_of(root))
        for name, field in root.fields.items():
            node = field.ast_node
            line = line_of(node.name if node else None)
            modes = modes_of(directives_of(field)) or inherited
            yield RootField(kind, name, field, line, modes, systems)
