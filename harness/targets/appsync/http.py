"""The HTTP door: one POST, one operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from harness.model import Json
from harness.sdl import jsontext
from harness.targets.appsync.api import Api
from harness.targets.appsync.auth import Door
from harness.targets.appsync.caller import Credentials
from harness.targets.appsync.document import Invalid
from harness.targets.appsync.errors import Refused, malformed
from harness.targets.appsync.execution import Asked, Executor
from harness.targets.appsync.meddling import Meddling, NoAnswer, Vanished
from harness.targets.appsync.publishing import published
from harness.targets.appsync.realtime import Hub
from harness.targets.appsync.recording import Log

_ANYWHERE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType",
}
_PREFLIGHT = {
    **_ANYWHERE,
    "access-control-allow-headers": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-max-age": "172800",
}


@dataclass
class GraphQLDoor:
    """Answers queries and mutations; what a mutation gave goes to its subscribers."""

    api: Api
    door: Door
    executor: Executor
    hub: Hub
    log: Log
    errors: list[Exception]
    """What went wrong in the front itself: never the application's failure."""
    meddling: Meddling = field(default_factory=Meddling)

    async def __call__(self, request: Request) -> Response:
        """One request's answer."""
        if request.method == "OPTIONS":
            return Response(headers=_PREFLIGHT)
        headers = {**_ANYWHERE, "x-amzn-RequestId": str(uuid4())}
        try:
            body = await self._answer(request)
        except Refused as refusal:
            headers["x-amzn-ErrorType"] = refusal.kind
            return _json(refusal.body(), headers, refusal.status)
        except Invalid as invalid:
            body = {"data": None, "errors": invalid.errors}
        except Vanished:
            return NoAnswer()
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            self.errors.append(error)
            failure = Refused(500, "InternalFailure", "The local AppSync failed.")
            return _json(failure.body(), headers, failure.status)
        return _json(body, headers)

    async def _answer(self, request: Request) -> dict[str, Json]:
        raw = await self._read(request)
        asked = _parsed(raw)
        credentials = _credentials(request, raw)
        # Who asks comes first: a stranger learns nothing of the schema by its errors.
        caller = await self.door.admit(replace(credentials, **_described(asked)))
        given = _variables(asked)
        prepared = self.executor.documents.prepare(asked.get("query"), asked.get("operationName"))
        if prepared.kind == "subscription":
            message = "Subscriptions are served over the realtime endpoint."
            raise Refused(400, "BadRequestException", message)
        told = self.log.begin(prepared, caller, given, credentials.headers)
        operation = Asked(prepared, caller, credentials.headers, given)
        return await self.meddling.performed(
            prepared, told, given, lambda: self._perform(operation)
        )

    async def _perform(self, asked: Asked) -> dict[str, Json]:
        body = await self.executor.answer(asked)
        if asked.prepared.kind == "mutation":
            for mutation, value in published(asked.prepared, body.get("data")):
                for name in self.executor.fed.get(mutation, ()):
                    self.hub.publish(name, value)
        return body

    async def _read(self, request: Request) -> bytes:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self.api.limits.body:
                raise Refused(413, "RequestEntityTooLargeException", "The request is too large.")
            parts.append(part)
        return b"".join(parts)


def _json(body: Json, headers: dict[str, str], status: int = 200) -> Response:
    return Response(jsontext.dumps(body), status, headers, media_type="application/json")


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        asked = jsontext.loads(raw)
    except ValueError:
        raise malformed("Request body is not valid JSON.") from None
    if isinstance(asked, list):
        raise malformed("Batch GraphQL operations are not supported.")
    if not isinstance(asked, dict):
        raise malformed("Request body is not a GraphQL request.")
    if not isinstance(asked.get("operationName"), str | None):
        raise malformed("operationName is not a string.")
    return asked


def _variables(asked: Mapping[str, Any]) -> dict[str, Json]:
    given = asked.get("variables")
    if not isinstance(given, dict | None):
        raise malformed("variables is not an object.")
    return given or {}


def _described(asked: Mapping[str, Any]) -> dict[str, Any]:
    variables = asked.get("variables")
    return {
        "query": str(asked.get("query") or ""),
        "operation": asked.get("operationName"),
        "variables": variables if isinstance(variables, dict) else {},
    }


def _credentials(request: Request, raw: bytes) -> Credentials:
    peer = request.client.host if request.client else "127.0.0.1"
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.setdefault("x-forwarded-for", peer)
    headers.setdefault("x-forwarded-proto", "https")
    headers.setdefault("x-forwarded-port", "443")
    headers.setdefault("x-amzn-trace-id", f"Root=1-{uuid4().hex[:8]}-{uuid4().hex[:24]}")
    return Credentials(headers, request.url.path, raw, peer)
