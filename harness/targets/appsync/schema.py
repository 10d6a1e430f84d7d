"""The schema, with AppSync's scalars and directives, and what its directives say."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    ScalarTypeDefinitionNode,
    StringValueNode,
    build_ast_schema,
    is_abstract_type,
    is_object_type,
    is_scalar_type,
    parse,
)
from graphql.language import DirectiveNode

from harness.targets.appsync import scalars
from harness.targets.appsync.api import Mode
from harness.targets.appsync.errors import AppSyncError

_MODES = {
    "aws_api_key": Mode.API_KEY,
    "aws_iam": Mode.IAM,
    "aws_oidc": Mode.OIDC,
    "aws_lambda": Mode.LAMBDA,
}
_REFUSED = ("aws_auth", "aws_cognito_user_pools")
_OWN = f"""
{" ".join(f"scalar {name}" for name in scalars.NAMES)}
{" ".join(f"directive @{name} on OBJECT | FIELD_DEFINITION" for name in _MODES)}
directive @aws_auth(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
directive @aws_publish(subscriptions: [String]) on FIELD_DEFINITION
directive @canonical on OBJECT | FIELD_DEFINITION
directive @hidden on OBJECT | FIELD_DEFINITION
directive @renamed(to: String) on OBJECT | FIELD_DEFINITION
"""

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
        own = parse(_OWN, no_location=True)
        given = parse(sdl)
        # A schema may declare AppSync's own for the sake of other tools.
        kept = [x for x in given.definitions if not _is_own(x, own)]
        document = DocumentNode(definitions=(*own.definitions, *kept))
        schema = build_ast_schema(document)
    except (GraphQLError, TypeError) as error:
        raise AppSyncError(f"the GraphQL schema doesn't parse: {error}", "Mend it.") from None
    for kind in schema.type_map.values():
        if is_scalar_type(kind) and kind.name in scalars.NAMES:
            scalars.give_behaviour(kind)
        elif is_abstract_type(kind):
            kind.resolve_type = _type_of
        elif is_object_type(kind) and not kind.name.startswith("__"):
            _prepare(kind, resolver_for)
    return schema


def access_of(schema: GraphQLSchema, default: Mode) -> dict[tuple[str, str], frozenset[Mode]]:
    """Which modes may see each field: what it says, else what its type says, else the default.

    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    found = {}
    for kind in _object_types(schema):
        inherited = _modes(_directives(kind)) or frozenset({default})
        for name, field in kind.fields.items():
            found[kind.name, name] = _modes(_directives(field)) or inherited
    return found


def subscriptions_of(schema: GraphQLSchema) -> dict[str, tuple[str, ...]]:
    """Mutation → the subscription fields that it feeds, by ``@aws_subscribe``.

    Raises:
        AppSyncError: a mutation that isn't there, or one that returns another type.
    """
    mutations = schema.mutation_type.fields if schema.mutation_type else {}
    fed: dict[str, tuple[str, ...]] = {}
    for name, field in (
        schema.subscription_type.fields if schema.subscription_type else {}
    ).items():
        for mutation in _mutations(field):
            if mutation not in mutations:
                raise AppSyncError(
                    f"Subscription.{name} waits for a mutation {mutation!r} that isn't there",
                    f"There are {', '.join(mutations) or 'none'}.",
                )
            returned = str(mutations[mutation].type).rstrip("!")
            if returned != str(field.type).rstrip("!"):
                raise AppSyncError(
                    f"Subscription.{name} gives {field.type}, but {mutation} gives {returned}",
                    "AppSync wants them to be the same.",
                )
            fed[mutation] = (*fed.get(mutation, ()), name)
    return fed


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
    _refuse(kind.name, _directives(kind))
    for name, field in kind.fields.items():
        _refuse(f"{kind.name}.{name}", _directives(field))
        field.resolve = resolver_for(kind.name, name)


def _type_of(value: Any, *_: Any) -> str | None:
    return value.get("__typename") if isinstance(value, Mapping) else None


def _object_types(schema: GraphQLSchema) -> Iterable[GraphQLObjectType]:
    return [
        kind
        for kind in schema.type_map.values()
        if is_object_type(kind) and not kind.name.startswith("__")
    ]


def _directives(thing: GraphQLObjectType | GraphQLField) -> list[DirectiveNode]:
    nodes = [thing.ast_node, *(getattr(thing, "extension_ast_nodes", None) or ())]
    return [d for node in nodes if node is not None for d in node.directives or ()]


def _modes(directives: Iterable[DirectiveNode]) -> frozenset[Mode]:
    return frozenset(_MODES[d.name.value] for d in directives if d.name.value in _MODES)


def _refuse(where: str, directives: Iterable[DirectiveNode]) -> None:
    for directive in directives:
        if directive.name.value in _REFUSED:
            raise AppSyncError(
                f"{where} is for Cognito's users (@{directive.name.value}), and no local target "
                "has Cognito",
                "Use @aws_oidc or @aws_lambda.",
            )


def _mutations(field: GraphQLField) -> list[str]:
    for directive in _directives(field):
        if directive.name.value == "aws_subscribe":
            value = directive.arguments[0].value if directive.arguments else None
            values = value.values if isinstance(value, ListValueNode) else (value,)
            return [v.value for v in values if isinstance(v, StringValueNode)]
    return []


def _is_own(definition: Any, own: DocumentNode) -> bool:
    if not isinstance(definition, DirectiveDefinitionNode | ScalarTypeDefinitionNode):
        return False
    known: set[str] = {x.name.value for x in own.definitions}  # type: ignore[attr-defined]
    return definition.name.value in known
