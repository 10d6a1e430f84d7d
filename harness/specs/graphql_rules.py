"""Dangerous shapes of a schema: what will hurt once somebody leans on it, each with its reason."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    Node,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
)

from harness.specs.graphql import GraphQl, RootField

_LIMITS = re.compile(r"^(first|last|limit|max|maxresults|pagesize|top|take|count)$", re.IGNORECASE)
_BOUNDED = re.compile(r"\bat most\b|\bbounded\b|\bno more than\b|\bup to \d", re.IGNORECASE)
_KEYS = re.compile(
    r"^(idempotency(key|token)?|client(mutation)?(id|token)|requesttoken)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Shape:
    """One dangerous shape."""

    rule: str
    node: Node | None
    """The definition, where a waiver may stand; None for the whole file."""
    what: str
    mend: str


Rule = Callable[[GraphQl], Iterator[Shape]]


def shapes(api: GraphQl) -> Iterator[Shape]:
    """Every dangerous shape."""
    for rule in RULES.values():
        yield from rule(api)


def _unbounded_lists(api: GraphQl) -> Iterator[Shape]:
    for owner, name, field in _fields(api):
        if not _is_list(field.type) or _bounded(field) or _page_of_bounded(api, owner):
            continue
        yield Shape(
            "unbounded-list", field.ast_node,
            f"{owner.name}.{name} is a list that nothing bounds: one day it is too long to send",
            "give it an argument first or limit, or say in its description how many there are "
            "at most",
        )  # fmt: skip


def _nullable_ids(api: GraphQl) -> Iterator[Shape]:
    for owner, name, field in _fields(api):
        if getattr(field.type, "name", "") == "ID":
            yield Shape(
                "nullable-id", field.ast_node,
                f"{owner.name}.{name} is an id that may be null: clients can't refer by it",
                "write ID!",
            )  # fmt: skip


def _idempotency(api: GraphQl) -> Iterator[Shape]:
    for field in api.fields:
        if field.kind == "Mutation" and not key_argument(field):
            yield Shape(
                "no-idempotency", field.definition.ast_node,
                f"{field.label} has no idempotency argument: a client that lost the answer can't "
                "repeat it safely",
                "give it an argument idempotencyKey",
            )  # fmt: skip


def _recursion(api: GraphQl) -> Iterator[Shape]:
    for kind in _objects(api):
        way = _way_back(kind)
        if way:
            yield Shape(
                "recursive-type", kind.ast_node,
                f"{kind.name} leads back to itself by {' > '.join(way)}: one small document can "
                "ask for any depth",
                "break the circle, or limit the depth (QueryDepthLimit) and say so in a waiver",
            )  # fmt: skip


def _owners(api: GraphQl) -> Iterator[Shape]:
    for field in api.fields:
        arguments = field.definition.args.values()
        if field.kind == "Subscription" and not any(map(is_required_argument, arguments)):
            yield Shape(
                "no-owner", field.definition.ast_node,
                f"{field.label} has no required argument: a subscriber without one gets "
                "everybody's messages",
                "require the owner's id, and compare it with the caller's",
            )  # fmt: skip


def _descriptions(api: GraphQl) -> Iterator[Shape]:
    mend = "say in a string above it what it is for"
    for field in api.fields:
        if not field.definition.description:
            yield Shape(
                "no-description", field.definition.ast_node, f"{field.label} is not described", mend
            )
    roots = {api.schema.query_type, api.schema.mutation_type, api.schema.subscription_type}
    for kind in _own_types(api):
        if not kind.description and kind not in roots:
            yield Shape("no-description", kind.ast_node, f"{kind.name} is not described", mend)


def _error_codes(api: GraphQl) -> Iterator[Shape]:
    if not api.code_enums:
        yield Shape(
            "no-error-codes", None,
            "no enum lists the codes of errors: clients have only messages to go by",
            "add an enum such as ErrorType",
        )  # fmt: skip
        return
    known = {v for enum in api.code_enums for v in api.values_of(enum)}
    for field in api.fields:
        node = field.definition.ast_node
        if not field.says_errors and not field.for_systems:
            yield Shape(
                "no-error-codes", node, f"{field.label} doesn't say which errors it can have",
                "add a line to its description: Errors: NOT_FOUND, … (or: Errors: none)",
            )  # fmt: skip
        for code in sorted(set(field.codes) - known):
            yield Shape(
                "no-error-codes", node,
                f"{field.label} documents {code}, which is in none of {', '.join(api.code_enums)}",
                "name one of its values, or add it there",
            )  # fmt: skip


RULES: dict[str, Rule] = {
    "unbounded-list": _unbounded_lists,
    "nullable-id": _nullable_ids,
    "no-idempotency": _idempotency,
    "recursive-type": _recursion,
    "no-owner": _owners,
    "no-description": _descriptions,
    "no-error-codes": _error_codes,
}


def key_argument(field: RootField) -> str | None:
    """The name of the argument, or of an input object's field, that makes a repeat safe."""
    for name, argument in field.definition.args.items():
        if _KEYS.match(name):
            return name
        inner: Any = get_named_type(argument.type)
        if is_input_object_type(inner):
            for inside in inner.fields:
                if _KEYS.match(inside):
                    return str(inside)
    return None


def _fields(api: GraphQl) -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    for kind in _objects(api):
        for name, field in kind.fields.items():
            yield kind, name, field


def _objects(api: GraphQl) -> list[GraphQLObjectType]:
    return [k for k in _own_types(api) if is_object_type(k)]


def _own_types(api: GraphQl) -> list[GraphQLNamedType]:
    return [
        kind
        for kind in api.schema.type_map.values()
        if not kind.name.startswith("__")
        and (is_object_type(kind) or is_enum_type(kind) or is_input_object_type(kind))
    ]


def _is_list(kind: Any) -> bool:
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def _bounded(field: GraphQLField) -> bool:
    said = _BOUNDED.search(field.description or "") is not None
    return said or any(map(_LIMITS.match, field.args))


def _page_of_bounded(api: GraphQl, owner: GraphQLObjectType) -> bool:
    """Whether a type is only ever given by fields that bound it: a page of a connection."""
    givers = [f for _, _, f in _fields(api) if get_named_type(f.type) is owner]
    return bool(givers) and all(_bounded(f) and not _is_list(f.type) for f in givers)


def _way_back(kind: GraphQLObjectType) -> list[str]:
    """The shortest way from a type through its fields to itself."""
    waiting: list[tuple[GraphQLObjectType, list[str]]] = [(kind, [])]
    seen: set[str] = set()
    while waiting:
        at, way = waiting.pop(0)
        for name, field in at.fields.items():
            inner: Any = get_named_type(field.type)
            if inner is kind:
                return [*way, name]
            if is_object_type(inner) and inner.name not in seen:
                seen.add(inner.name)
                waiting.append((inner, [*way, name]))
    return []
