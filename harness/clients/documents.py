"""GraphQL documents: what one asks for, what of it may be written down; one made for a field."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    FloatValueNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_object_type,
    is_required_argument,
    parse,
    print_ast,
    visit,
)

_DEPTH = 6
"""Levels of a document that is made for a field."""


@dataclass(frozen=True)
class Read:
    """What a document asks for."""

    kind: str
    """``query``, ``mutation`` or ``subscription``; empty when it doesn't parse."""
    fields: tuple[str, ...]
    """Names of its root fields, without those in fragments."""
    shown: str
    """Its text without the values in it: those may be somebody's data."""

    @property
    def name(self) -> str:
        """As histories have it: ``mutation submitOrder``."""
        return " ".join((self.kind or "graphql", *self.fields))


@lru_cache(maxsize=512)
def read(text: str, operation: str | None = None) -> Read:
    """Read a document, whatever it is; of several operations the named one."""
    try:
        document = parse(text)
    except GraphQLError:
        return Read("", (), f"<no document, {len(text)} characters>")
    defined = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    named = [d for d in defined if d.name is not None and d.name.value == operation]
    shown = print_ast(visit(document, _Valueless()))
    if not defined:
        return Read("", (), shown)
    chosen = (named or defined)[0]
    selections = chosen.selection_set.selections
    fields = tuple(x.name.value for x in selections if isinstance(x, FieldNode))
    return Read(chosen.operation.value, fields, shown)


def document_for(schema: GraphQLSchema, name: str) -> str:
    """A document that asks for a root field with everything that its answer can show.

    Each argument is a variable of the same name. Left out are fields that need arguments of their
    own, and types that are already open further out.

    Raises:
        KeyError: there is no such field.
    """
    for kind, root in (
        ("query", schema.query_type),
        ("mutation", schema.mutation_type),
        ("subscription", schema.subscription_type),
    ):
        if root is not None and name in root.fields:
            return _document(schema, kind, name, root.fields[name])
    raise KeyError(name)


def _document(schema: GraphQLSchema, kind: str, name: str, field: GraphQLField) -> str:
    declared = ", ".join(f"${n}: {a.type}" for n, a in field.args.items())
    given = ", ".join(f"{n}: ${n}" for n in field.args)
    selected = _selected(schema, get_named_type(field.type), ())
    return (
        f"{kind} {name}{f'({declared})' if declared else ''} "
        f"{{ {name}{f'({given})' if given else ''}{selected} }}"
    )


def _selected(schema: GraphQLSchema, kind: Any, outer: tuple[str, ...]) -> str:
    if is_abstract_type(kind):
        parts = [
            f"... on {x.name}{inside}"
            for x in schema.get_possible_types(kind)
            if (inside := _selected(schema, x, outer))
        ]
        return f" {{ {' '.join(['__typename', *parts])} }}"
    if not is_object_type(kind):
        return ""
    here = (*outer, kind.name)
    parts = [text for n, f in kind.fields.items() if (text := _field(schema, n, f, here))]
    return f" {{ {' '.join(parts)} }}" if parts else ""


def _field(schema: GraphQLSchema, name: str, field: GraphQLField, outer: tuple[str, ...]) -> str:
    if any(is_required_argument(a) for a in field.args.values()):
        return ""
    kind: Any = get_named_type(field.type)
    if not is_object_type(kind) and not is_abstract_type(kind):
        return name
    if kind.name in outer or len(outer) >= _DEPTH:
        return ""
    inside = _selected(schema, kind, outer)
    return f"{name}{inside}" if inside else ""


class _Valueless(Visitor):
    """Takes the values out of a document."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode:
        return StringValueNode(value="…")

    def enter_int_value(self, node: IntValueNode, *_: Any) -> IntValueNode:
        return IntValueNode(value="0")

    def enter_float_value(self, node: FloatValueNode, *_: Any) -> FloatValueNode:
        return FloatValueNode(value="0.0")
