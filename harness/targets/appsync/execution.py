"""Executes operations: each field guarded, resolved, and its errors put at its path."""

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, execute

from harness.model import Json
from harness.sdl import Mode, access_of
from harness.targets.appsync.api import Api, Resolver
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.context import context_of
from harness.targets.appsync.document import Documents, Prepared
from harness.targets.appsync.errors import FieldError, not_authorized_for
from harness.targets.appsync.formatting import failed, result_body
from harness.targets.appsync.invoke import Invoke
from harness.targets.appsync.resolving import Resolving
from harness.targets.appsync.schema import Resolve, build, check_fields, subscriptions_of


@dataclass(frozen=True)
class Asked:
    """One operation of one caller."""

    prepared: Prepared
    caller: Caller
    headers: Mapping[str, str]
    variables: Mapping[str, Json]


class Running(Protocol):
    """What a field's value is, while an operation runs."""

    @property
    def caller(self) -> Caller:
        """Whose operation it is."""
        ...

    def value(
        self, resolver: Resolver | None, source: Any, info: GraphQLResolveInfo[Any], given: Json
    ) -> Any:
        """The value, or what it is awaited by."""
        ...


class Executor:
    """One API's schema with its resolvers."""

    def __init__(self, api: Api, invoke: Invoke) -> None:
        self.api = api
        self._invoke = invoke
        self.schema = build(api.sdl, self._resolve)
        check_fields(self.schema, api.resolvers)
        self.fed = subscriptions_of(self.schema)
        """Mutation → the subscription fields that it feeds."""
        self.documents = Documents(
            self.schema, introspection=api.introspection, tokens=api.limits.tokens
        )
        self._access: Mapping[tuple[str, str], frozenset[Mode]] = access_of(
            self.schema, api.default
        )

    async def answer(self, asked: Asked) -> dict[str, Json]:
        """A query's or mutation's body."""
        return await self.run(asked, _Request(asked, self._invoke, self.api.limits.resolvers))

    async def run(self, asked: Asked, running: Running, root: Json = None) -> dict[str, Json]:
        """Execute, for as long as AppSync would."""
        found = self._execute(asked, running, root)
        if not inspect.isawaitable(found):
            return result_body(found, self.schema)
        try:
            async with asyncio.timeout(self.api.limits.seconds):
                return result_body(await found, self.schema)
        except TimeoutError:
            return failed("ExecutionTimeout", "Execution timed out.")

    def run_at_once(self, asked: Asked, running: Running, root: Json) -> dict[str, Json]:
        """Execute what asks nobody: everything is in ``root``."""
        found = self._execute(asked, running, root)
        if inspect.isawaitable(found):
            raise TypeError("a delivery resolves nothing")
        return result_body(found, self.schema)

    def resolver_of(self, type_name: str, field_name: str) -> Resolver | None:
        """What the template attached to this field."""
        return self.api.resolvers.get((type_name, field_name))

    def _execute(self, asked: Asked, running: Running, root: Json) -> Any:
        try:
            return execute(
                self.schema,
                asked.prepared.document,
                root_value=root,
                context_value=running,
                variable_values=dict(asked.variables),
                operation_name=_name(asked.prepared),
                hide_suggestions=True,
            )
        except RecursionError:
            return ExecutionResult(None, [GraphQLError("The query is nested too deeply.")])

    def _resolve(self, type_name: str, field_name: str) -> Resolve:
        resolver = self.resolver_of(type_name, field_name)
        where = (type_name, field_name)

        def resolve(source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
            running: Running = info.context
            caller = running.caller
            if caller.mode not in self._access[where] or where in caller.denied:
                raise not_authorized_for(field_name, type_name)
            if self.api.limits.depth and _depth(info) > self.api.limits.depth:
                message = f"Query depth exceeds the limit of {self.api.limits.depth}."
                raise FieldError(message, "QueryDepthLimitReached")
            return running.value(resolver, source, info, given)

        return resolve


class _Request:
    """A query or mutation: fields with resolvers ask them, others look into their source."""

    def __init__(self, asked: Asked, invoke: Invoke, most: int) -> None:
        self._asked = asked
        self._resolving = Resolving(invoke)
        self._left = most

    @property
    def caller(self) -> Caller:
        """Whose operation it is."""
        return self._asked.caller

    def value(
        self, resolver: Resolver | None, source: Any, info: GraphQLResolveInfo[Any], given: Json
    ) -> Any:
        """Ask the resolver, else look."""
        if resolver is None:
            return property_of(source, info.field_name)
        if self._left <= 0:
            raise FieldError("Resolver execution limit reached.", "ResolverExecutionLimitReached")
        self._left -= 1
        return resolve_field(self._resolving, self._asked, resolver, source, info, given)


async def resolve_field(
    resolving: Resolving,
    asked: Asked,
    resolver: Resolver,
    source: Any,
    info: GraphQLResolveInfo[Any],
    given: Json,
) -> Json:
    """The value that a field's resolver gives.

    Raises:
        FieldError: it failed.
    """
    context = context_of(
        source, info, given, caller=asked.caller, headers=asked.headers, variables=asked.variables
    )
    return await resolving.run(resolver, context)


def property_of(source: Any, name: str) -> Any:
    """A field without a resolver is the property of its name."""
    return source.get(name) if isinstance(source, Mapping) else None


def _name(prepared: Prepared) -> str | None:
    return prepared.operation.name.value if prepared.operation.name else None


def _depth(info: GraphQLResolveInfo[Any]) -> int:
    return sum(1 for part in info.path.as_list() if isinstance(part, str))
