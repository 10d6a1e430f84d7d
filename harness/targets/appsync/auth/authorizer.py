"""A Lambda function that says who may come in, and what they may not see.

https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from uuid import uuid4

from harness.model import Json
from harness.sdl import Mode
from harness.targets.appsync.api import Api, LambdaProvider
from harness.targets.appsync.caller import Caller, Credentials
from harness.targets.appsync.errors import Refused, unauthorized
from harness.targets.appsync.invoke import Invoke

_SECONDS = 10
_ARN_FIELD = re.compile(r"arn:.*/types/(\w+)/fields/(\w+)")


class Authorizer:
    """Asks the function once for each token, for as long as its answer lasts."""

    def __init__(
        self, api: Api, provider: LambdaProvider, invoke: Invoke, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._provider = provider
        self._invoke = invoke
        self._clock = clock
        self._kept: dict[str, tuple[float, Mapping[str, Json]]] = {}

    async def admit(self, token: str, credentials: Credentials) -> Caller:
        """Somebody whom the function lets in.

        Raises:
            Refused: it doesn't, or it failed.
        """
        if self._provider.token is not None and not self._provider.token.fullmatch(token):
            raise unauthorized()
        answer = self._remembered(token)
        if answer is None:
            answer = await self._ask(token, credentials)
            self._remember(token, answer)
        if answer.get("isAuthorized") is not True:
            raise unauthorized()
        return Caller(
            Mode.LAMBDA,
            {"resolverContext": answer.get("resolverContext") or {}},
            _denied(answer.get("deniedFields") or ()),
        )

    def _remembered(self, token: str) -> Mapping[str, Json] | None:
        until, answer = self._kept.get(token, (0.0, None))
        return answer if until > self._clock() else None

    def _remember(self, token: str, answer: Mapping[str, Json]) -> None:
        given = answer.get("ttlOverride")
        ttl = float(given) if isinstance(given, int | float) else self._provider.ttl
        if ttl > 0:
            self._kept[token] = (self._clock() + ttl, answer)

    async def _ask(self, token: str, credentials: Credentials) -> Mapping[str, Json]:
        event = {
            "authorizationToken": token,
            "requestContext": {
                "apiId": self._api.id,
                "accountId": self._api.account,
                "requestId": str(uuid4()),
                "queryString": credentials.query,
                "operationName": credentials.operation,
                "variables": dict(credentials.variables),
            },
            "requestHeaders": dict(credentials.headers),
        }
        try:
            async with asyncio.timeout(_SECONDS):
                invocation = await self._invoke(self._provider.function, event)
        except TimeoutError:
            raise unauthorized() from None
        if invocation.error in ("Unhandled", "Handled"):
            raise unauthorized()
        if invocation.error is not None or not isinstance(invocation.result, Mapping):
            # AppSync says no more than that: the function couldn't be asked.
            raise Refused(400, "BadRequestException")
        return invocation.result


def _denied(fields: Iterable[Json]) -> frozenset[tuple[str, str]]:
    """``Type.field`` or the field's ARN."""
    found = set()
    for name in map(str, fields):
        by_arn = _ARN_FIELD.fullmatch(name)
        kind, _, field_name = name.partition(".")
        found.add((by_arn[1], by_arn[2]) if by_arn else (kind, field_name))
    return frozenset(found)
