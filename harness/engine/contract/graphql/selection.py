"""Selection sets made from the schema: everything that a customer can see, or the least."""

from collections.abc import Collection, Iterator
from typing import Any

from graphql import (
    GraphQLField,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from harness.specs import GraphQl


class Selections:
    """Writes selection sets for one schema; ``keys`` are the fields that name an entity."""

    def __init__(self, api: GraphQl, *, depth: int, keys: Collection[str] = ()) -> None:
        self._api = api
        self._depth = depth
        self._keys = keys

    def whole(self, kind: Any) -> str:
        """Every field of every type that can be reached, to the depth; empty for a scalar."""
        return self._whole(get_named_type(kind), self._depth)

    def least(self, kind: Any) -> str:
        """One scalar, what names the entity where there is one; empty for a scalar."""
        inner = get_named_type(kind)
        return "" if is_leaf_type(inner) else f"{{ {self._least(inner, self._depth)} }}"

    def key(self, kind: Any) -> str:
        """The field right below a type that names the entity; empty where there is none."""
        fields = getattr(get_named_type(kind), "fields", {})
        return next((k for k in self._keys if k in fields), "")

    def leaf(self, kind: Any) -> str | None:
        """The name of an open scalar field right below a type; None without one."""
        inner: Any = get_named_type(kind)
        if is_leaf_type(inner) or not hasattr(inner, "fields"):
            return None
        return next((n for n, f in self._open(inner) if is_leaf_type(get_named_type(f.type))), None)

    def closed(self, kind: Any) -> Iterator[tuple[str, str]]:
        """Fields that no customer may see, with a selection from here that asks for each."""
        yield from self._closed(get_named_type(kind), self._depth)

    def _whole(self, kind: Any, depth: int) -> str:
        if is_leaf_type(kind):
            return ""
        if is_abstract_type(kind):
            parts = [
                f"... on {each.name} {self._whole(each, depth)}"
                for each in self._api.schema.get_possible_types(kind)
            ]
            return f"{{ __typename {' '.join(parts)} }}"
        parts = []
        for name, field in self._open(kind):
            inner = get_named_type(field.type)
            if is_leaf_type(inner):
                parts.append(name)
            elif depth > 1:
                parts.append(f"{name} {self._whole(inner, depth - 1)}")
        return f"{{ {' '.join(parts or ['__typename'])} }}"

    def _least(self, kind: Any, depth: int) -> str:
        if is_abstract_type(kind):
            return "__typename"
        fields = list(self._open(kind))
        leaves = [name for name, field in fields if is_leaf_type(get_named_type(field.type))]
        for name in (*(n for n in leaves if n in self._keys), *leaves):
            return name
        for name, field in fields if depth > 1 else ():
            return f"{name} {{ {self._least(get_named_type(field.type), depth - 1)} }}"
        return "__typename"

    def _closed(self, kind: Any, depth: int) -> Iterator[tuple[str, str]]:
        if not is_object_type(kind):
            return
        for name, field in kind.fields.items():
            inner: Any = get_named_type(field.type)
            modes = self._api.modes(kind.name, name)
            if modes and modes <= self._api.systems:
                yield f"{kind.name}.{name}", f"{{ {name} {self.least(inner)} }}"
            elif depth > 1 and is_object_type(inner):
                for label, below in self._closed(inner, depth - 1):
                    yield label, f"{{ {name} {below} }}"

    def _open(self, kind: Any) -> Iterator[tuple[str, GraphQLField]]:
        """Fields that a customer may see and that need no argument."""
        for name, field in kind.fields.items():
            modes = self._api.modes(kind.name, name)
            needy = any(map(is_required_argument, field.args.values()))
            if not needy and not (modes and modes <= self._api.systems):
                yield name, field
