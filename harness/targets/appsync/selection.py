"""What of a field's answer was asked for, as functions are told."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionNode,
    VariableNode,
    print_ast,
)


def selection_set_list(info: GraphQLResolveInfo[Any]) -> list[str]:
    """Every field asked for below this one: ``id``, ``lines``, ``lines/quantity``.

    An alias stands instead of its field's name, as AppSync has it.
    """
    return list(dict.fromkeys(_below(_selections(info.field_nodes), info, "")))


def selection_set_graphql(info: GraphQLResolveInfo[Any]) -> str:
    """The same as GraphQL; empty for a field without any."""
    sets = [node.selection_set for node in info.field_nodes if node.selection_set]
    return print_ast(sets[0]) if sets else ""


def _selections(nodes: Iterable[FieldNode]) -> list[SelectionNode]:
    return [s for n in nodes if n.selection_set for s in n.selection_set.selections]


def _below(
    selections: Iterable[SelectionNode], info: GraphQLResolveInfo[Any], prefix: str
) -> Iterator[str]:
    for selection in selections:
        if not _included(selection, info):
            continue
        if isinstance(selection, FieldNode):
            name = prefix + (selection.alias or selection.name).value
            yield name
            yield from _below(_selections([selection]), info, f"{name}/")
        elif isinstance(selection, InlineFragmentNode):
            yield from _below(selection.selection_set.selections, info, prefix)
        elif isinstance(selection, FragmentSpreadNode):
            fragment = info.fragments[selection.name.value]
            yield from _below(fragment.selection_set.selections, info, prefix)


def _included(selection: SelectionNode, info: GraphQLResolveInfo[Any]) -> bool:
    for directive in selection.directives or ():
        if directive.name.value in ("skip", "include") and directive.arguments:
            given = directive.arguments[0].value
            if isinstance(given, VariableNode):
                value = info.variable_values.coerced.get(given.name.value)
            else:
                value = getattr(given, "value", None)
            if bool(value) is (directive.name.value == "skip"):
                return False
    return True
