"""The API of a deployed stage, read from its template."""

from collections.abc import Callable, Mapping
from typing import Any

from harness.model import Stage
from harness.targets.appsync.addresses import api_key, resource_id
from harness.targets.appsync.api import Api, Key, Limits
from harness.targets.appsync.errors import AppSyncError
from harness.targets.appsync.intrinsics import Values, account_of, reference
from harness.targets.appsync.providers import providers_of
from harness.targets.appsync.wiring import owner, resolvers_of

_API = "AWS::AppSync::GraphQLApi"
_KEY_LIFE = 7 * 24 * 3600
"""Seconds that an API key lives where the template doesn't say."""

Load = Callable[[str], str]
"""Gives the text at an s3:// address."""


def read_api(stage: Stage, *, load: Load, now: float, logical: str | None = None) -> Api:
    """What the stage's template says of its API.

    Args:
        load: how a schema that lies in a bucket is read.
        now: seconds since the epoch: API keys without an expiry count from here.
        logical: the API's logical id; needed when there are several.

    Raises:
        AppSyncError: there is none, or it needs what no local target has.
    """
    values = Values(stage)
    if values.resources("AWS::Serverless::GraphQLApi"):
        raise AppSyncError(
            "AWS::Serverless::GraphQLApi resolves by APPSYNC_JS, which doesn't run locally",
            f"Declare {_API} with resolvers on functions.",
        )
    name, given = _choose(values.resources(_API), logical)
    if given.get("ApiType", "GRAPHQL") != "GRAPHQL":
        raise AppSyncError(f"{name}: no {given['ApiType']} APIs locally", "Use a plain one.")
    providers = providers_of(name, given, stage)
    return Api(
        logical=name,
        id=_api_id(stage, name),
        name=str(given.get("Name", name)),
        region=stage.region,
        account=account_of(stage.credentials),
        sdl=_schema(values, name, load),
        default=providers.default,
        modes=providers.modes,
        keys=_keys(values, name, stage, now),
        authorizer=providers.authorizer,
        issuers=providers.issuers,
        resolvers=resolvers_of(values, name, stage),
        introspection=given.get("IntrospectionConfig", "ENABLED") != "DISABLED",
        limits=_limits(given),
    )


def outputs_of(stage: Stage, logical: str, attribute: str) -> list[str]:
    """The stack's outputs whose value is this attribute of this resource."""
    declared: Any = stage.template.get("Outputs") or {}
    values = Values(stage)
    return [
        name
        for name, output in declared.items()
        if reference(values.of(output.get("Value"))) == (logical, attribute)
    ]


def _choose(apis: Mapping[str, dict[str, Any]], logical: str | None) -> tuple[str, dict[str, Any]]:
    if logical is None and len(apis) == 1:
        return next(iter(apis.items()))
    if logical is not None and logical in apis:
        return logical, apis[logical]
    wanted = f"no {_API} {logical!r}" if logical else f"{len(apis)} resources of type {_API}"
    raise AppSyncError(
        f"the template has {wanted}",
        f"It has {', '.join(apis)}: name one." if apis else "Declare one.",
    )


def _schema(values: Values, api: str, load: Load) -> str:
    found = [x for x in values.resources("AWS::AppSync::GraphQLSchema").values() if owner(x) == api]
    if not found:
        raise AppSyncError(f"{api} has no AWS::AppSync::GraphQLSchema", "Declare it.")
    if "Definition" in found[0]:
        return str(found[0]["Definition"])
    where = str(found[0].get("DefinitionS3Location", ""))
    if not where.startswith("s3://"):
        raise AppSyncError(
            f"{api}: the deployed template has its schema at {where!r}",
            "It has to be packaged to an s3:// address, or to stand inline as Definition.",
        )
    return load(where)


def _keys(values: Values, api: str, stage: Stage, now: float) -> tuple[Key, ...]:
    return tuple(
        Key(
            name,
            _output(stage, name, "ApiKey") or api_key(stage.name, name),
            float(given.get("Expires", now + _KEY_LIFE)),
        )
        for name, given in values.resources("AWS::AppSync::ApiKey").items()
        if owner(given) == api
    )


def _api_id(stage: Stage, name: str) -> str:
    return _output(stage, name, "ApiId") or resource_id(stage.name, name)


def _output(stage: Stage, logical: str, attribute: str) -> str | None:
    """What the stack says the attribute is, where one of its outputs does."""
    names = outputs_of(stage, logical, attribute)
    return next((stage.outputs[n] for n in names if n in stage.outputs), None)


def _limits(given: Mapping[str, Any]) -> Limits:
    return Limits(
        depth=int(given.get("QueryDepthLimit") or 0),
        resolvers=int(given.get("ResolverCountLimit") or 0) or Limits.resolvers,
    )
