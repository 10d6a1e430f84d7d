"""What resolves each field: data sources, functions and resolvers, from the template."""

from collections.abc import Mapping
from typing import Any

from harness.model import Stage
from harness.targets.appsync.api import Resolver, Step
from harness.targets.appsync.errors import AppSyncError
from harness.targets.appsync.idioms import Handing, of_js, of_vtl
from harness.targets.appsync.intrinsics import Values, reference
from harness.targets.appsync.providers import function_name

_MOST_FUNCTIONS = 10
_DEFAULT_BATCH = 5
"""Calls that BatchInvoke joins where MaxBatchSize doesn't say."""


def resolvers_of(values: Values, api: str, stage: Stage) -> dict[tuple[str, str], Resolver]:
    """Every resolver of the API with this logical id, by type and field.

    Raises:
        AppSyncError: naming the resource that needs what no local target has.
    """
    wiring = _Wiring(values, api, stage)
    return {(r.type_name, r.field_name): r for r in wiring.resolvers()}


class _Wiring:
    def __init__(self, values: Values, api: str, stage: Stage) -> None:
        self._stage = stage
        self._resolvers = _owned(values, "AWS::AppSync::Resolver", api)
        self._functions = _owned(values, "AWS::AppSync::FunctionConfiguration", api)
        self._sources = _owned(values, "AWS::AppSync::DataSource", api)

    def resolvers(self) -> list[Resolver]:
        return [self._resolver(name, x) for name, x in self._resolvers.items()]

    def _resolver(self, logical: str, given: Mapping[str, Any]) -> Resolver:
        where = (str(given.get("TypeName")), str(given.get("FieldName")))
        if given.get("SyncConfig") or given.get("Kind", "UNIT") not in ("UNIT", "PIPELINE"):
            raise AppSyncError(f"{logical}: no conflict resolution locally", "Drop SyncConfig.")
        if given.get("Kind") == "PIPELINE":
            _handing(logical, given)
            return Resolver(*where, self._pipeline(logical, given), pipeline=True)
        return Resolver(*where, (self._step(logical, given),))

    def _pipeline(self, logical: str, given: Mapping[str, Any]) -> tuple[Step, ...]:
        wanted = (given.get("PipelineConfig") or {}).get("Functions") or []
        if not 1 <= len(wanted) <= _MOST_FUNCTIONS:
            raise AppSyncError(
                f"{logical}: a pipeline of {len(wanted)} functions",
                f"AppSync takes 1 to {_MOST_FUNCTIONS}.",
            )
        steps = []
        for one in wanted:
            found = reference(one)
            if found is None or found[0] not in self._functions:
                raise AppSyncError(
                    f"{logical}: {one!r} is no AWS::AppSync::FunctionConfiguration here",
                    "Name one by !GetAtt <Function>.FunctionId.",
                )
            steps.append(self._step(found[0], self._functions[found[0]]))
        return tuple(steps)

    def _step(self, logical: str, given: Mapping[str, Any]) -> Step:
        source, properties = self._source(logical, given.get("DataSourceName"))
        handing = _handing(logical, given)
        kind = properties.get("Type")
        if kind == "NONE":
            if handing is None:
                raise AppSyncError(
                    f"{logical}: AppSync wants a mapping for the NONE data source {source}",
                    "Give one that hands its payload on, such as "
                    '{"version": "2018-05-29", "payload": $util.toJson($ctx.arguments)}.',
                )
            return Step(None, handing.payload)
        if kind != "AWS_LAMBDA":
            raise AppSyncError(
                f"{source}: the local AppSync has no data source of type {kind}",
                "It has AWS_LAMBDA and NONE.",
            )
        config = properties.get("LambdaConfig") or {}
        function = function_name(config.get("LambdaFunctionArn"), self._stage, source)
        size = int(given.get("MaxBatchSize") or 0)
        if handing is None:
            return Step(function, batch=size)
        batch = (size or _DEFAULT_BATCH) if handing.batched else 0
        return Step(function, handing.payload, batch, handing.raises, handing.envelope)

    def _source(self, logical: str, given: Any) -> tuple[str, Mapping[str, Any]]:
        found = reference(given)
        for name, properties in self._sources.items():
            if (found and found[0] == name) or properties.get("Name") == given:
                return name, properties
        raise AppSyncError(
            f"{logical}: there is no data source {given!r}",
            f"There are {', '.join(self._sources) or 'none'}.",
        )


def _owned(values: Values, kind: str, api: str) -> dict[str, dict[str, Any]]:
    return {name: x for name, x in values.resources(kind).items() if owner(x) == api}


def owner(properties: Mapping[str, Any]) -> str | None:
    """The logical id of the API that a resource belongs to."""
    found = reference(properties.get("ApiId"))
    return found[0] if found else None


def _handing(logical: str, given: Mapping[str, Any]) -> Handing | None:
    """What the mapping does; None without one (the function is invoked directly)."""
    if any(name in given for name in ("CodeS3Location", *_STORED)):
        raise AppSyncError(
            f"{logical}: its mapping lies in a bucket, and neither VTL nor APPSYNC_JS runs locally",
            "Resolve it by a function directly; a mapping that only hands on can stand inline.",
        )
    if "Code" in given:
        return _known(of_js(str(given["Code"])), logical, "APPSYNC_JS")
    request, response = given.get("RequestMappingTemplate"), given.get("ResponseMappingTemplate")
    if request is None and response is None:
        return None
    return _known(of_vtl(str(request), str(response)), logical, "VTL")


_STORED = ("RequestMappingTemplateS3Location", "ResponseMappingTemplateS3Location")


def _known(handing: Handing | None, logical: str, language: str) -> Handing:
    if handing is None:
        raise AppSyncError(
            f"{logical}: its mapping is {language}, which doesn't run locally",
            "Resolve it by a function directly; only a mapping that hands its payload and result "
            "on unchanged is understood.",
        )
    return handing
