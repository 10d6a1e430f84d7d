"""Asks a GraphQL API for operations, as somebody, and records each."""

import asyncio
import json
import re
from collections.abc import Collection, Mapping, Sequence
from time import monotonic
from typing import Any

from aiohttp import ClientError as HttpError
from multidict import CIMultiDict

from harness.clients.connections import Connections, Correlation
from harness.clients.credentials import credentials_for
from harness.clients.documents import Read, document_for, read
from harness.clients.entity import entity_key
from harness.clients.errors import ClientError
from harness.clients.graphql_answer import GraphQLAnswer
from harness.clients.subscription import Subscription
from harness.clients.telling import telling
from harness.model import Identity, Json, Kind
from harness.recorder import Recorder
from harness.sdl.outcomes import kind_of
from harness.specs import GraphQl

_SECONDS = 35.0
"""AppSync gives an operation 30."""
_KEPT_HEADERS = ("content-type", "x-amzn-errortype")
_NAME = re.compile(r"[A-Za-z_]\w*")


class GraphQL:
    """The door to the stage's GraphQL API. Its coroutines run on ``loop``; it never retries.

    ``keys`` are the fields that name the entity, in variables or an answer; ``contract`` is what
    documents are made from for whoever names a field alone.
    """

    def __init__(
        self,
        url: str,
        recorder: Recorder,
        loop: asyncio.AbstractEventLoop,
        *,
        contract: GraphQl | None = None,
        keys: Sequence[str] = (),
        region: str = "us-east-1",
        seconds: float = _SECONDS,
        correlation_header: str = "X-Correlation-Id",
    ) -> None:
        self.url = url
        self._recorder = recorder
        self._connections = Connections(loop, seconds=seconds)
        self._contract = contract
        self._keys = tuple(keys)
        self._region = region
        self._header = correlation_header
        self._correlation = Correlation(recorder)

    async def call(
        self,
        document: str,
        identity: Identity | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        operation: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> GraphQLAnswer:
        """Ask, and wait for the answer, if any.

        ``document`` is GraphQL's text, or the name of a root field: then everything that its answer
        can show is asked for, and the variables are its arguments. ``operation`` names one of
        several in a document. In the history it is ``query order`` or ``mutation submitOrder``; it
        is ``info`` when no answer came, or when a function failed in a mutation: it may have
        happened.

        Raises:
            ClientError: the contract has no such field.
        """
        text = self.document(document)
        asked = read(text, operation)
        given = dict(variables or {})
        call = self._recorder.invoke(
            "client",
            asked.name,
            key=entity_key(self._keys, given),
            value={
                "identity": identity.name if identity else None,
                "document": asked.shown,
                "variables": given,
            },
        )
        body: dict[str, Json] = {"query": text, "variables": given}
        if operation is not None:
            body["operationName"] = operation
        answer = await self._send(identity, json.dumps(body).encode(), headers or {}, call)
        self._complete(answer, asked, given)
        return answer

    def run(self, document: str, identity: Identity | None = None, **rest: Any) -> GraphQLAnswer:
        """``call``, for a caller on another thread that isn't asynchronous."""
        work = self.call(document, identity, **rest)
        return asyncio.run_coroutine_threadsafe(work, self._connections.loop).result()

    def subscription(
        self,
        document: str,
        identity: Identity | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Subscription:
        """A subscription of one's own, not yet begun; ``document`` as for ``call``.

        Raises:
            ClientError: the contract has no such field.
        """
        return Subscription(
            url=self.url,
            document=self.document(document),
            identity=identity,
            variables=dict(variables or {}),
            recorder=self._recorder,
            connections=self._connections.get,
            keys=self._keys,
            region=self._region,
        )

    def document(self, document: str) -> str:
        """The document itself, or one that asks for the root field of this name.

        Raises:
            ClientError: the contract has no such field.
        """
        if not _NAME.fullmatch(document):
            return document
        if self._contract is None:
            raise ClientError(
                f"there is no GraphQL contract to make a document for {document!r} from",
                "Name it: [contracts] graphql = … in harness.toml, or give a whole document.",
            )
        try:
            return document_for(self._contract.schema, document)
        except KeyError:
            raise ClientError(
                f"the GraphQL contract has no field {document!r}",
                f"It has: {', '.join(f.name for f in self._contract.fields)}.",
            ) from None

    def correlation(self, call: int) -> str:
        """The correlation id that a call of the history carried: how logs are found again."""
        return self._correlation.of(call)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    async def _send(
        self, identity: Identity | None, body: bytes, given: Mapping[str, str], call: int
    ) -> GraphQLAnswer:
        headers: CIMultiDict[str] = CIMultiDict(
            {
                "Content-Type": "application/json",
                self._header: self.correlation(call),
                **telling(),
            }
        )
        headers.update(credentials_for(identity, self.url, body, region=self._region))
        headers.update(given)
        start = monotonic()
        try:
            async with self._connections.get().post(
                self.url, data=body, headers=headers, allow_redirects=False
            ) as got:
                raw = await got.read()
                return GraphQLAnswer(
                    got.status, CIMultiDict(got.headers), _parsed(raw), call, monotonic() - start
                )
        except (HttpError, TimeoutError, OSError) as error:
            why = f"{type(error).__name__}: {error}".rstrip(": ")
            return GraphQLAnswer(None, CIMultiDict(), None, call, monotonic() - start, why)

    def _complete(self, answer: GraphQLAnswer, asked: Read, given: Mapping[str, Any]) -> None:
        fields = list((answer.data or {}).values()) if isinstance(answer.data, Mapping) else []
        self._recorder.complete(
            answer.call,
            _kind(answer, asked.kind, self._doubtful(asked)),
            key=entity_key(self._keys, given, answer.data),
            value={
                "status": answer.status,
                "seconds": round(answer.seconds, 4),
                "headers": {k: answer.headers[k] for k in _KEPT_HEADERS if k in answer.headers},
                # Of one field its value, as REST's body is: laws read both doors alike.
                "body": fields[0] if len(fields) == 1 else answer.data,
                "errors": list(answer.errors),
                **({"reason": answer.error.split(":")[0]} if answer.error else {}),
            },
        )

    def _doubtful(self, asked: Read) -> set[str]:
        """Codes that the contract documents for when something fails that the field depends on."""
        fields = self._contract.fields if self._contract else ()
        return {
            code
            for field in fields
            if field.operation == asked.kind and field.name in asked.fields
            for code in field.under_fault
        }


def _kind(answer: GraphQLAnswer, operation: str, doubtful: Collection[str]) -> Kind:
    if answer.status is None or answer.status >= 500:
        return "info"
    if answer.status >= 400 or not isinstance(answer.body, Mapping):
        return "fail"
    return kind_of(answer.body, operation, doubtful=doubtful)


def _parsed(raw: bytes) -> Json:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
