"""What AppSync's directives say: who may see a field, and which mutations feed a subscription."""

from collections.abc import Iterable
from enum import StrEnum

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    StringValueNode,
    is_object_type,
)
from graphql.language import DirectiveNode

from harness.sdl.errors import SdlError, line_of


class Mode(StrEnum):
    """How a caller can prove who they are."""

    API_KEY = "API_KEY"
    IAM = "AWS_IAM"
    OIDC = "OPENID_CONNECT"
    LAMBDA = "AWS_LAMBDA"


MODES = {
    "aws_api_key": Mode.API_KEY,
    "aws_iam": Mode.IAM,
    "aws_oidc": Mode.OIDC,
    "aws_lambda": Mode.LAMBDA,
}


def access_of(schema: GraphQLSchema, default: Mode) -> dict[tuple[str, str], frozenset[Mode]]:
    """Which modes may see each field: what it says, else what its type says, else the default.

    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    found = {}
    for kind in _object_types(schema):
        inherited = modes_of(directives_of(kind)) or frozenset({default})
        for name, field in kind.fields.items():
            found[kind.name, name] = modes_of(directives_of(field)) or inherited
    return found


def subscriptions_of(schema: GraphQLSchema) -> dict[str, tuple[str, ...]]:
    """Mutation → the subscription fields that it feeds, by ``@aws_subscribe``.

    Raises:
        SdlError: a mutation that isn't there, or one that returns another type.
    """
    mutations = schema.mutation_type.fields if schema.mutation_type else {}
    fed: dict[str, tuple[str, ...]] = {}
    for name, field in (
        schema.subscription_type.fields if schema.subscription_type else {}
    ).items():
        for mutation in mutations_of(field):
            if mutation not in mutations:
                raise SdlError(
                    f"Subscription.{name} waits for a mutation {mutation!r} that isn't there",
                    f"There are {', '.join(mutations) or 'none'}.",
                    line_of(field.ast_node and field.ast_node.name),
                )
            returned = str(mutations[mutation].type).rstrip("!")
            if returned != str(field.type).rstrip("!"):
                raise SdlError(
                    f"Subscription.{name} gives {field.type}, but {mutation} gives {returned}",
                    "AppSync wants them to be the same.",
                    line_of(field.ast_node and field.ast_node.name),
                )
            fed[mutation] = (*fed.get(mutation, ()), name)
    return fed


def mutations_of(field: GraphQLField) -> list[str]:
    """The mutations that a subscription field waits for."""
    for directive in directives_of(field):
        if directive.name.value == "aws_subscribe":
            value = directive.arguments[0].value if directive.arguments else None
            values = value.values if isinstance(value, ListValueNode) else (value,)
            return [v.value for v in values if isinstance(v, StringValueNode)]
    return []


def directives_of(thing: GraphQLObjectType | GraphQLField) -> list[DirectiveNode]:
    """All directives of a type, its extensions' too, or of a field."""
    nodes = [thing.ast_node, *(getattr(thing, "extension_ast_nodes", None) or ())]
    return [d for node in nodes if node is not None for d in node.directives or ()]


def modes_of(directives: Iterable[DirectiveNode]) -> frozenset[Mode]:
    """The modes that these directives name."""
    return frozenset(MODES[d.name.value] for d in directives if d.name.value in MODES)


def _object_types(schema: GraphQLSchema) -> Iterable[GraphQLObjectType]:
    return [
        kind
        for kind in schema.type_map.values()
        if is_object_type(kind) and not kind.name.startswith("__")
    ]
