"""Calls a REST contract's operations by name, as somebody, and records each call."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from time import monotonic
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError as HttpError
from multidict import CIMultiDict
from yarl import URL

from harness.clients.answer import Answer
from harness.clients.connections import Connections, Correlation
from harness.clients.errors import ClientError
from harness.clients.rest_records import RestRecords
from harness.model import Identity, Json
from harness.recorder import Recorder
from harness.specs import Credentials, OpenApi

_SECONDS = 30.0


class Rest:
    """The door to the stage's REST API. Its coroutines run on ``loop``; it never retries.

    ``keys`` are the fields that name the entity, in a path, a body or an answer; ``signed`` the
    security schemes that are signatures and no API keys.
    """

    def __init__(
        self,
        contract: OpenApi,
        base_url: str,
        recorder: Recorder,
        loop: asyncio.AbstractEventLoop,
        *,
        keys: Sequence[str] = (),
        seconds: float = _SECONDS,
        correlation_header: str = "X-Correlation-Id",
        signed: Collection[str] = (),
    ) -> None:
        self._contract = contract
        self._credentials = Credentials(contract, signed)
        self._base = base_url.rstrip("/")
        self._records = RestRecords(recorder, keys)
        self._connections = Connections(loop, seconds=seconds)
        self._header = correlation_header
        self._correlation = Correlation(recorder)

    async def call(
        self,
        operation: str,
        identity: Identity | None = None,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Answer:
        """Ask for an operation (its id or ``METHOD /path``) and wait for the answer, if any.

        ``body`` is sent as JSON unless it is bytes; a query value None is left out. The call is
        ``info`` in the history when no answer came: it may have happened.

        Raises:
            ClientError: the contract has no such operation, or a path parameter is missing.
        """
        method, template = self._operation(operation)
        url = self._base + _fill(template, path or {}, operation)
        asked = {k: _text(v) for k, v in (query or {}).items() if v is not None}
        call = self._records.asked(
            f"{method} {template}",
            identity=identity.name if identity else None,
            path=path or {},
            query=asked,
            headers=headers or {},
            body=None if isinstance(body, bytes) else body,
        )
        keys = self._credentials.keys(self._contract.operation(operation), identity)
        sent = self._headers(identity, call, {**keys, **(headers or {})})
        answer = await self._send(method, url, asked, sent, body, call)
        self._records.answered(
            answer.call,
            answer.status,
            seconds=answer.seconds,
            headers=answer.headers,
            body=answer.body,
            error=answer.error,
            asked=(path, body),
        )
        return answer

    def run(self, operation: str, identity: Identity | None = None, **request: Any) -> Answer:
        """``call``, for a caller on another thread that isn't asynchronous."""
        work = self.call(operation, identity, **request)
        return asyncio.run_coroutine_threadsafe(work, self._connections.loop).result()

    def correlation(self, call: int) -> str:
        """The correlation id that a call of the history carried: how logs are found again."""
        return self._correlation.of(call)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def _operation(self, name: str) -> tuple[str, str]:
        try:
            operation = self._contract.operation(name)
        except KeyError:
            known = ", ".join(o.id for o in self._contract.operations)
            raise ClientError(
                f"the contract has no operation {name!r}",
                f"It has: {known}."
                if known
                else "Name it: [contracts] openapi = … in harness.toml.",
            ) from None
        return operation.method, operation.path

    def _headers(
        self, identity: Identity | None, call: int, given: Mapping[str, str]
    ) -> CIMultiDict[str]:
        headers: CIMultiDict[str] = CIMultiDict({self._header: self.correlation(call)})
        if identity is not None and identity.token is not None:
            headers["Authorization"] = f"Bearer {identity.token}"
        headers.update(given)
        return headers

    async def _send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str],
        headers: CIMultiDict[str],
        body: Json,
        call: int,
    ) -> Answer:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        start = monotonic()
        try:
            async with self._connections.get().request(
                method,
                URL(url, encoded=True).with_query(query),
                headers=headers,
                data=data,
                allow_redirects=False,
            ) as got:
                raw = await got.read()
                seconds = monotonic() - start
                return Answer(got.status, CIMultiDict(got.headers), _parsed(raw), call, seconds)
        except (HttpError, TimeoutError, OSError) as error:
            why = f"{type(error).__name__}: {error}".rstrip(": ")
            return Answer(None, CIMultiDict(), None, call, monotonic() - start, why)


def _fill(template: str, values: Mapping[str, Any], operation: str) -> str:
    filled = template
    for name, value in values.items():
        filled = filled.replace("{" + name + "}", quote(str(value), safe=""))
    if "{" in filled:
        missing = filled[filled.index("{") + 1 :].partition("}")[0]
        raise ClientError(
            f"{operation} needs the path parameter {missing!r}", f"Give path={{'{missing}': …}}."
        )
    return filled


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(raw: bytes) -> Json:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
