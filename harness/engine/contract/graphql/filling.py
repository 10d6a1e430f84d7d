"""A drawn document, made to be about something: keys of its own, real values, keys in answers."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    is_required_argument,
    parse,
    print_ast,
)
from graphql.utilities import ast_from_value

from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.graphql.values import MISSING, place_of
from harness.specs import key_argument


@dataclass(frozen=True)
class Filled:
    """The document as it is sent, and as it is told apart from others on every target."""

    text: str
    case: str


def filled(text: str, trial: Trial, *, real: bool) -> Filled:
    """Put values into the arguments of the field itself.

    Each document takes an idempotency key of its own; with ``real``, every argument that is there
    gets a good value. In the case they stand by name, since values from answers differ by stage.
    """
    document = parse(text)
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    asked, told = [], []
    for node in operation.selection_set.selections:
        if not isinstance(node, FieldNode):
            return Filled(text, text)
        sent, named = _arguments(node, trial, real=real)
        asked.append(_with(node, sent, _keyed(node, trial)))
        told.append(_with(node, named, node.selection_set))
    return Filled(_printed(document, operation, asked), _printed(document, operation, told))


def _arguments(
    node: FieldNode, trial: Trial, *, real: bool
) -> tuple[list[ArgumentNode], list[ArgumentNode]]:
    key = key_argument(trial.field)
    sent, named = [], []
    for argument in node.arguments or ():
        name = argument.name.value
        value = MISSING
        if real or (name == key and isinstance(argument.value, StringValueNode)):
            value = trial.values.value(place_of(trial.field, name), trial.identity)
        if value is MISSING:
            if real and not is_required_argument(trial.field.definition.args[name]):
                continue  # drawn at random it would be refused
            sent.append(argument)
            named.append(argument)
            continue
        kind: Any = trial.field.definition.args[name].type
        literal: Any = ast_from_value(value, kind)
        sent.append(ArgumentNode(name=argument.name, value=literal))
        named.append(ArgumentNode(name=argument.name, value=StringValueNode(value=f"<{name}>")))
    return sent, named


def _keyed(node: FieldNode, trial: Trial) -> SelectionSetNode | None:
    """The selection with the entity's id in it, so that the history knows what it was about."""
    wanted = trial.selections.key(trial.field.definition.type)
    if not wanted or node.selection_set is None:
        return node.selection_set
    selections = node.selection_set.selections
    if any(isinstance(s, FieldNode) and s.name.value == wanted for s in selections):
        return node.selection_set
    return SelectionSetNode(selections=(*selections, FieldNode(name=NameNode(value=wanted))))


def _with(
    node: FieldNode, arguments: list[ArgumentNode], selection: SelectionSetNode | None
) -> FieldNode:
    return FieldNode(
        alias=node.alias, name=node.name, arguments=tuple(arguments), selection_set=selection,
        directives=node.directives or (),
    )  # fmt: skip


def _printed(
    document: DocumentNode, operation: OperationDefinitionNode, fields: list[FieldNode]
) -> str:
    changed = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions or (),
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    others = [d for d in document.definitions if d is not operation]
    return print_ast(DocumentNode(definitions=(changed, *others)))
