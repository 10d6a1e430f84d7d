"""Whether data is what its document asks for and its schema promises.

After the specification's chapter on execution (https://spec.graphql.org/October2021/#sec-Execution):
fields are collected for the type that a value really has, and each value is held against its type.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    TypeNameMetaFieldDef,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
    value_from_ast_untyped,
)

from harness.model import Json

Path = tuple[str | int, ...]

_LARGEST = 2**31


@dataclass(frozen=True)
class Flaw:
    """One place where data isn't what was promised."""

    path: Path
    what: str

    def __str__(self) -> str:
        return f"{pointer(self.path) or 'data'}: {self.what}"


def pointer(path: Path) -> str:
    """``order.lines[0].name``."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def generic(path: Path) -> str:
    """The same without positions: ``order.lines[].name``."""
    return "".join("[]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


@dataclass(frozen=True)
class Shape:
    """What one document's data has to be like."""

    schema: GraphQLSchema
    document: DocumentNode
    variables: Mapping[str, Json]

    def flaws(self, data: Json) -> Iterator[Flaw]:
        """Everything that is wrong with it."""
        operation = next(
            d for d in self.document.definitions if isinstance(d, OperationDefinitionNode)
        )
        root = self.schema.get_root_type(operation.operation)
        if data is None or root is None:
            return
        yield from self._object(root, [operation.selection_set], data, ())

    def _object(self, kind: Any, sets: list[Any], value: Json, path: Path) -> Iterator[Flaw]:
        if not isinstance(value, Mapping):
            yield Flaw(path, f"{_brief(value)} where {kind} is promised")
            return
        wanted: dict[str, list[FieldNode]] = {}
        for each in sets:
            self._collect(kind, each.selections, wanted)
        for name in value.keys() - wanted.keys():
            yield Flaw((*path, name), "was not asked for")
        for name, nodes in wanted.items():
            if name not in value:
                yield Flaw((*path, name), "was asked for and is missing")
                continue
            field = kind.fields.get(nodes[0].name.value)
            of = TypeNameMetaFieldDef.type if field is None else field.type
            below = [n.selection_set for n in nodes if n.selection_set]
            yield from self._value(of, below, value[name], (*path, name))

    def _value(self, kind: Any, sets: list[Any], value: Json, path: Path) -> Iterator[Flaw]:
        if is_non_null_type(kind):
            if value is None:
                yield Flaw(path, f"is null where {kind} is promised")
                return
            kind = kind.of_type
        if value is None:
            return
        if is_list_type(kind):
            if not isinstance(value, list):
                yield Flaw(path, f"{_brief(value)} where {kind} is promised")
                return
            for index, item in enumerate(value):
                yield from self._value(kind.of_type, sets, item, (*path, index))
        elif is_scalar_type(kind) or is_enum_type(kind):
            if not _fits(kind, value):
                yield Flaw(path, f"{_brief(value)} is no {kind}")
        elif is_abstract_type(kind):
            yield from self._one_of(kind, sets, value, path)
        else:
            yield from self._object(kind, sets, value, path)

    def _one_of(self, kind: Any, sets: list[Any], value: Json, path: Path) -> Iterator[Flaw]:
        possible: Sequence[Any] = self.schema.get_possible_types(kind)
        named = value.get("__typename") if isinstance(value, Mapping) else None
        if named is not None:
            possible = [p for p in possible if p.name == named]
        found = [list(self._object(p, sets, value, path)) for p in possible]
        if not found:
            yield Flaw(path, f"{_brief(named)} is no type of {kind}")
        elif all(found):
            yield from min(found, key=len)

    def _collect(self, kind: Any, selections: Any, wanted: dict[str, list[FieldNode]]) -> None:
        node: SelectionNode
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                wanted.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._is(kind, node.type_condition.name.value):
                    self._collect(kind, node.selection_set.selections, wanted)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragment(node.name.value)
                if fragment and self._is(kind, fragment.type_condition.name.value):
                    self._collect(kind, fragment.selection_set.selections, wanted)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            given = {a.name.value: a.value for a in directive.arguments or ()}
            if "if" in given:
                on = value_from_ast_untyped(given["if"], dict(self.variables))
                if on is (directive.name.value == "skip"):
                    return False
        return True

    def _is(self, kind: Any, name: str) -> bool:
        other = self.schema.get_type(name)
        if other is kind:
            return True
        return is_abstract_type(other) and self.schema.is_sub_type(other, kind)

    def _fragment(self, name: str) -> FragmentDefinitionNode | None:
        found = (d for d in self.document.definitions if isinstance(d, FragmentDefinitionNode))
        return next((f for f in found if f.name.value == name), None)


def _fits(kind: Any, value: Json) -> bool:
    if is_enum_type(kind):
        return isinstance(value, str) and value in kind.values
    check = _CHECKS.get(kind.name)
    return _parses(kind, value) if check is None else check(value)


def _parses(kind: Any, value: Json) -> bool:
    try:
        kind.parse_value(value)
    except Exception:  # a scalar's own check may fail in any way
        return False
    return True


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_int(value: Json) -> bool:
    return _is_number(value) and float(value).is_integer() and -_LARGEST <= value < _LARGEST


_CHECKS: dict[str, Callable[[Json], bool]] = {
    "String": _is_text,
    "ID": _is_text,
    "AWSJSON": _is_text,
    "Boolean": lambda value: isinstance(value, bool),
    "Int": _is_int,
    "Float": _is_number,
}


def _brief(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{type(value).__name__} {text[:40]}…"
