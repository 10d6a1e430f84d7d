"""The schema with its resolvers; what no local target can serve is refused by name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, is_abstract_type, is_object_type
from graphql.language import DirectiveNode

from harness import sdl as appsync_sdl
from harness.sdl import SdlError, build_schema, directives_of
from harness.targets.appsync.errors import AppSyncError

_REFUSED = ("aws_auth", "aws_cognito_user_pools")

Resolve = Callable[..., Any]


def build(sdl: str, resolver_for: Callable[[str, str], Resolve]) -> GraphQLSchema:
    """A schema that executes.

    Args:
        sdl: as it stands in the template.
        resolver_for: gives what resolves a type's field.

    Raises:
        AppSyncError: it doesn't parse, isn't valid, or uses a directive that needs Cognito.
    """
    try:
        schema = build_schema(sdl)
    except SdlError as error:
        raise AppSyncError(f"the GraphQL schema {error.what}", error.mend) from None
    for kind in schema.type_map.values():
        if is_abstract_type(kind):
            kind.resolve_type = _type_of
        elif is_object_type(kind) and not kind.name.startswith("__"):
            _prepare(kind, resolver_for)
    return schema


def subscriptions_of(schema: GraphQLSchema) -> dict[str, tuple[str, ...]]:
    """Mutation → the subscription fields that it feeds, by ``@aws_subscribe``.

    Raises:
        AppSyncError: a mutation that isn't there, or one that returns another type.
    """
    try:
        return appsync_sdl.subscriptions_of(schema)
    except SdlError as error:
        raise AppSyncError(error.what, error.mend) from None


def check_fields(schema: GraphQLSchema, resolved: Iterable[tuple[str, str]]) -> None:
    """Every field that has a resolver has to be there.

    Raises:
        AppSyncError: naming the one that isn't.
    """
    for type_name, field_name in resolved:
        kind = schema.get_type(type_name)
        if not is_object_type(kind) or field_name not in kind.fields:
            raise AppSyncError(
                f"there is a resolver for {type_name}.{field_name}, which the schema lacks",
                "Mend its TypeName or FieldName.",
            )


def _prepare(kind: GraphQLObjectType, resolver_for: Callable[[str, str], Resolve]) -> None:
    # A resolver that gave a string where an object is due is an error, not an object of nulls.
    kind.is_type_of = lambda value, _: isinstance(value, Mapping)
    _refuse(kind.name, directives_of(kind))
    for name, field in kind.fields.items():
        _refuse(f"{kind.name}.{name}", directives_of(field))
        field.resolve = resolver_for(kind.name, name)


def _type_of(value: Any, *_: Any) -> str | None:
    return value.get("__typename") if isinstance(value, Mapping) else None


def _refuse(where: str, directives: Iterable[DirectiveNode]) -> None:
    for directive in directives:
        if directive.name.value in _REFUSED:
            raise AppSyncError(
                f"{where} is for Cognito's users (@{directive.name.value}), and no local target "
                "has Cognito",
                "Use @aws_oidc or @aws_lambda.",
            )
