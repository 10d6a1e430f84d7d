"""What CloudFormation would say of AppSync's resources, said of the front that stands in for them.

Known before the deploy, so that functions, policies and outputs that name the API find it.
Attributes as in the AppSync part of
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AppSync.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from harness.targets.loopback import HOST

GRAPHQL = "/graphql"
REALTIME = "/graphql/realtime"

_API = "AWS::AppSync::GraphQLApi"


@dataclass(frozen=True)
class Place:
    """Where a stack is going to be."""

    stack: str
    region: str
    account: str


def graphql_url(port: int) -> str:
    """Where queries and mutations are posted."""
    return f"http://{HOST}:{port}{GRAPHQL}"


def realtime_url(port: int) -> str:
    """Where subscriptions connect."""
    return f"ws://{HOST}:{port}{REALTIME}"


def resource_id(stack: str, logical: str) -> str:
    """As long as AppSync's ids are, and the same for the same stack."""
    return sha256(f"{stack}/{logical}".encode()).hexdigest()[:26]


def api_key(stack: str, logical: str) -> str:
    """A key as AppSync gives them out."""
    return f"da2-{resource_id(stack, logical)}"


def apis_of(template: Mapping[str, Any]) -> tuple[str, ...]:
    """Logical ids of the GraphQL APIs in a template, whatever their conditions."""
    return tuple(n for n, x in template["Resources"].items() if x.get("Type") == _API)


def attributes_of(
    template: Mapping[str, Any], ports: Mapping[str, int], place: Place
) -> dict[str, dict[str, str]]:
    """Logical id → attribute (empty for ``Ref``) → value, of everything that has to do with APIs.

    Args:
        ports: of each API's front, by the API's logical id.
    """
    told: dict[str, dict[str, str]] = {}
    for name, resource in template["Resources"].items():
        kind, given = resource.get("Type"), resource.get("Properties") or {}
        arn = f"arn:aws:appsync:{place.region}:{place.account}"
        if name in ports:
            told[name] = _api(resource_id(place.stack, name), ports[name], arn)
        elif kind in _PARTS and (owner := _owner(given, ports)):
            own = f"{arn}:apis/{resource_id(place.stack, owner)}"
            told[name] = _PARTS[kind](name, given, own, place.stack)
    return told


def _api(id: str, port: int, arn: str) -> dict[str, str]:
    host = f"{HOST}:{port}"
    return {
        "": f"{arn}:apis/{id}",
        "Arn": f"{arn}:apis/{id}",
        "ApiId": id,
        "GraphQLEndpointArn": f"{arn}:endpoints/graphql-api/{id}",
        "GraphQLUrl": graphql_url(port),
        "GraphQLDns": host,
        "RealtimeUrl": realtime_url(port),
        "RealtimeDns": host,
    }


def _key(name: str, given: Mapping[str, Any], api: str, stack: str) -> dict[str, str]:
    id = resource_id(stack, name)
    arn = f"{api}/apikey/{id}"
    return {"": arn, "Arn": arn, "ApiKeyId": id, "ApiKey": api_key(stack, name)}


def _schema(name: str, given: Mapping[str, Any], api: str, stack: str) -> dict[str, str]:
    return {"": f"{api.rpartition('/')[2]}GraphQLSchema"}


def _source(name: str, given: Mapping[str, Any], api: str, stack: str) -> dict[str, str]:
    arn = f"{api}/datasources/{given.get('Name')}"
    return {"": arn, "DataSourceArn": arn, "Name": str(given.get("Name"))}


def _function(name: str, given: Mapping[str, Any], api: str, stack: str) -> dict[str, str]:
    id = resource_id(stack, name)
    arn = f"{api}/functions/{id}"
    return {"": arn, "FunctionArn": arn, "FunctionId": id, "Name": str(given.get("Name"))}


def _resolver(name: str, given: Mapping[str, Any], api: str, stack: str) -> dict[str, str]:
    kind, field = str(given.get("TypeName")), str(given.get("FieldName"))
    arn = f"{api}/types/{kind}/resolvers/{field}"
    return {"": arn, "ResolverArn": arn, "TypeName": kind, "FieldName": field}


_PARTS = {
    "AWS::AppSync::ApiKey": _key,
    "AWS::AppSync::GraphQLSchema": _schema,
    "AWS::AppSync::DataSource": _source,
    "AWS::AppSync::FunctionConfiguration": _function,
    "AWS::AppSync::Resolver": _resolver,
}


def _owner(given: Mapping[str, Any], ports: Mapping[str, int]) -> str | None:
    """The API that a part belongs to, by ``ApiId: !GetAtt Api.ApiId`` as every template has it."""
    wanted = given.get("ApiId")
    target = wanted.get("Fn::GetAtt") if isinstance(wanted, Mapping) else None
    name = target.partition(".")[0] if isinstance(target, str) else (target or [None])[0]
    return name if name in ports else None
