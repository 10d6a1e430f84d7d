"""What a mutation tells its subscribers: the fields that it selected, by their names."""

from collections.abc import Iterable, Iterator, Mapping

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionNode

from harness.model import Json
from harness.targets.appsync.document import Prepared


def published(prepared: Prepared, data: Json) -> Iterator[tuple[str, Json]]:
    """Each root field's name with what subscribers of it get; a field that is null tells nobody.

    Subscribers see what the mutation's caller selected and nothing else, so a field that wasn't
    selected can neither be filtered by nor read.
    """
    if not isinstance(data, Mapping):
        return
    for key, nodes in _collect(prepared.operation.selection_set.selections, prepared).items():
        value = data.get(key)
        if value is not None:
            yield nodes[0].name.value, _named(value, nodes, prepared)


def _named(value: Json, nodes: list[FieldNode], prepared: Prepared) -> Json:
    """The value with fields' names in place of aliases."""
    if isinstance(value, list):
        return [_named(item, nodes, prepared) for item in value]
    selections = [s for n in nodes if n.selection_set for s in n.selection_set.selections]
    if not isinstance(value, Mapping) or not selections:
        return value
    return {
        below[0].name.value: _named(value[key], below, prepared)
        for key, below in _collect(selections, prepared).items()
        if key in value
    }


def _collect(selections: Iterable[SelectionNode], prepared: Prepared) -> dict[str, list[FieldNode]]:
    found: dict[str, list[FieldNode]] = {}
    for selection in selections:
        if isinstance(selection, FieldNode):
            found.setdefault((selection.alias or selection.name).value, []).append(selection)
            continue
        if isinstance(selection, FragmentSpreadNode):
            inner = prepared.fragments[selection.name.value].selection_set.selections
        elif isinstance(selection, InlineFragmentNode):
            inner = selection.selection_set.selections
        else:
            continue
        for key, nodes in _collect(inner, prepared).items():
            found.setdefault(key, []).extend(nodes)
    return found
