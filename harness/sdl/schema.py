"""Builds a schema from its text, AppSync's scalars and directives known."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    ScalarTypeDefinitionNode,
    build_ast_schema,
    is_scalar_type,
    parse,
    validate_schema,
)
from graphql.validation.validate import validate_sdl

from harness.sdl import scalars
from harness.sdl.directives import MODES
from harness.sdl.errors import SdlError, line_in

_OWN = f"""
{" ".join(f"scalar {name}" for name in scalars.NAMES)}
{" ".join(f"directive @{name} on OBJECT | FIELD_DEFINITION" for name in MODES)}
directive @aws_auth(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
directive @aws_publish(subscriptions: [String]) on FIELD_DEFINITION
directive @canonical on OBJECT | FIELD_DEFINITION
directive @hidden on OBJECT | FIELD_DEFINITION
directive @renamed(to: String) on OBJECT | FIELD_DEFINITION
"""


def build_schema(sdl: str) -> GraphQLSchema:
    """The schema that a text describes; its AWS scalars check values as AppSync does.

    Raises:
        SdlError: it doesn't parse or isn't valid; with every mistake and its line.
    """
    document = _document(sdl)
    _refuse(validate_sdl(document))
    schema = build_ast_schema(document, assume_valid_sdl=True)
    _refuse(validate_schema(schema))
    for kind in schema.type_map.values():
        if is_scalar_type(kind) and kind.name in scalars.NAMES:
            scalars.give_behaviour(kind)
    return schema


def _document(sdl: str) -> DocumentNode:
    own = parse(_OWN, no_location=True)
    try:
        given = parse(sdl)
    except GraphQLError as error:
        _refuse([error])
        raise
    # A schema may declare AppSync's own for the sake of other tools.
    kept = [x for x in given.definitions if not _is_own(x, own)]
    return DocumentNode(definitions=(*own.definitions, *kept))


def _refuse(errors: Sequence[GraphQLError]) -> None:
    if errors:
        first, *others = [(line_in(e), f"doesn't parse: {e.message}") for e in errors]
        raise SdlError(first[1], "Mend it.", first[0], others)


def _is_own(definition: Any, own: DocumentNode) -> bool:
    if not isinstance(definition, DirectiveDefinitionNode | ScalarTypeDefinitionNode):
        return False
    known: set[str] = {x.name.value for x in own.definitions}  # type: ignore[attr-defined]
    return definition.name.value in known
