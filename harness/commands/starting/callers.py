"""Who may call: by what the template gives out, and what the contracts ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import get_named_type, is_object_type, is_required_argument

from harness.commands.starting.contracts import Promises
from harness.commands.starting.outputs import Outputs
from harness.deploy import Template
from harness.specs import ContractError, GraphQl, RootField, load_document, read_graphql
from harness.specs.credentials import TOKENS

_API = "AWS::AppSync::GraphQLApi"


@dataclass(frozen=True)
class Callers:
    """What was guessed of them."""

    key_output: str
    """The stack output that is AppSync's API key; empty for none."""
    signs: bool
    """Whether AppSync takes signed requests."""
    key: bool
    """Whether the REST API asks for API keys."""
    tokens: bool
    """Whether somebody asks for tokens, which can't be guessed."""
    values: dict[str, str]
    """GraphQL argument → the field whose answer has a real value of it."""


def callers_of(root: Path, template: Template, outputs: Outputs, promises: Promises) -> Callers:
    """Guess them."""
    keys = outputs.attribute("ApiKey", "AWS::AppSync::ApiKey", "AWS::Serverless::GraphQLApi")
    modes = set(_modes(template))
    schemes = _schemes(root, promises)
    token_modes = {"OPENID_CONNECT", "AMAZON_COGNITO_USER_POOLS", "AWS_LAMBDA"}
    return Callers(
        key_output=keys[0][0] if keys else "",
        signs="AWS_IAM" in modes,
        key="apiKey" in schemes,
        tokens=bool(modes & token_modes) or bool(schemes & TOKENS),
        values=_values(root, promises),
    )


def _modes(template: Template) -> Iterator[str]:
    """Of AppSync's APIs."""
    for api in template.of_type(_API).values():
        properties = api.get("Properties") or {}
        for said in (properties, *(properties.get("AdditionalAuthenticationProviders") or [])):
            yield str(said.get("AuthenticationType", ""))


def _schemes(root: Path, promises: Promises) -> set[str]:
    """Types of the security schemes that the REST contract has."""
    for path in promises.openapi[:1]:
        components: Any = load_document(root, path).root.get("components") or {}
        declared = components.get("securitySchemes") or {}
        return {str(s.get("type")) for s in declared.values() if isinstance(s, dict)}
    return set()


def _values(root: Path, promises: Promises) -> dict[str, str]:
    try:
        api = read_graphql(root, promises.graphql[0]) if promises.graphql else None
    except ContractError:
        api = None  # the lint says what is wrong with it
    return dict(_sources(api)) if api is not None else {}


def _sources(api: GraphQl) -> Iterator[tuple[str, str]]:
    """A required argument of a query that a mutation's answer has under the same name."""
    mutations = [f for f in api.fields if f.kind == "Mutation" and not f.for_systems]
    for query in (f for f in api.fields if f.kind == "Query" and not f.for_systems):
        for name, argument in query.definition.args.items():
            if is_required_argument(argument):
                for maker in mutations:
                    if name in _answered(maker):
                        yield f"{query.label}.{name}", f"{maker.label}.{name}"
                        break


def _answered(field: RootField) -> set[str]:
    kind: Any = get_named_type(field.definition.type)
    return set(kind.fields) if is_object_type(kind) else set()
