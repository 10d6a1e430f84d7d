"""AppSync's realtime protocol, as a client speaks it.

https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from yarl import URL

from harness.clients.credentials import credentials_for, host_of
from harness.clients.telling import telling
from harness.model import Identity, Json

_SUBPROTOCOL = "graphql-ws"
_OWN_HOST = ".appsync-api."
_HANDSHAKE_SECONDS = 35.0
"""A subscription field's function has 30 to say whether who asks may."""
_ID = "1"


class Dropped(Exception):
    """The connection broke, or nothing was heard for too long."""


class Refused(Exception):
    """The server said no; ``errors`` are its reasons."""

    def __init__(self, errors: tuple[Mapping[str, Any], ...]) -> None:
        super().__init__("; ".join(str(e.get("errorType") or e.get("message")) for e in errors))
        self.errors = errors


def realtime_url(graphql_url: str) -> str:
    """Where the subscriptions of an API connect: a host of their own on AWS, else a path."""
    parts = urlsplit(graphql_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    if _OWN_HOST in parts.netloc:
        host = parts.netloc.replace(_OWN_HOST, ".appsync-realtime-api.")
        return urlunsplit((scheme, host, parts.path, "", ""))
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/realtime", "", ""))


@dataclass(frozen=True)
class Asking:
    """One subscription: what is asked, where and as whom."""

    url: str
    """Of the GraphQL API; connections go to the address that is made of it."""
    document: str
    variables: Mapping[str, Any]
    identity: Identity | None
    region: str

    def address(self) -> URL:
        """Where to connect, with who connects in it."""
        header = self._authorization(f"{self.url}/connect", b"{}")
        encoded = quote(b64encode(json.dumps(header).encode()).decode(), safe="")
        return URL(f"{realtime_url(self.url)}?header={encoded}&payload=e30=", encoded=True)

    def start(self) -> dict[str, Json]:
        """The message that subscribes."""
        data = json.dumps({"query": self.document, "variables": dict(self.variables)})
        authorization = {**self._authorization(self.url, data.encode()), **telling()}
        extensions = {"authorization": authorization}
        return {"id": _ID, "type": "start", "payload": {"data": data, "extensions": extensions}}

    def _authorization(self, url: str, body: bytes) -> dict[str, str]:
        given = credentials_for(self.identity, url, body, region=self.region)
        return {"host": host_of(self.url), **given}


class Connection:
    """One connection with one subscription on it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._silence = _HANDSHAKE_SECONDS

    @classmethod
    async def open(cls, session: ClientSession, asking: Asking) -> "Connection":
        """Connect and subscribe; it stands when this returns.

        Raises:
            Refused: who asks may not.
            Dropped, aiohttp.ClientError, OSError: there is no connection.
        """
        made = cls(await session.ws_connect(asking.address(), protocols=(_SUBPROTOCOL,)))
        try:
            await made._socket.send_json({"type": "connection_init"})
            acknowledged = await made._expect("connection_ack")
            # Until it stands no time is granted but the handshake's.
            await made._socket.send_json(asking.start())
            await made._expect("start_ack")
            said = acknowledged.get("payload") or {}
            made._silence = float(said.get("connectionTimeoutMs", 300_000)) / 1000
        except BaseException:
            await made.close()
            raise
        return made

    async def messages(self, received: Callable[[Json], None]) -> None:
        """Hand each message's payload on until the server completes the subscription.

        Raises:
            Refused: the server ended it with errors.
            Dropped: the connection broke.
        """
        while True:
            said = await self._next()
            match said.get("type"):
                case "data":
                    received(said.get("payload"))
                case "complete":
                    return
                case "error" | "connection_error":
                    raise Refused(_errors(said))

    def drop(self) -> None:
        """Break the connection under it, as a network does; the server isn't told."""
        under = self._socket.get_extra_info("socket")
        if under is not None:
            under.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Leave politely."""
        if not self._socket.closed:
            with suppress(ConnectionError, RuntimeError):
                await self._socket.send_json({"id": _ID, "type": "stop"})
            await self._socket.close()

    async def _expect(self, wanted: str) -> Mapping[str, Any]:
        while True:
            said = await self._next()
            if said.get("type") == wanted:
                return said
            if said.get("type") in ("error", "connection_error"):
                raise Refused(_errors(said))

    async def _next(self) -> Mapping[str, Any]:
        try:
            message = await self._socket.receive(timeout=self._silence)
        except TimeoutError:
            raise Dropped(f"nothing heard for {self._silence:g} s") from None
        if message.type is not WSMsgType.TEXT:
            raise Dropped(f"the connection ended ({self._socket.close_code})")
        try:
            said = json.loads(message.data)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise Dropped("the server said something that is no message")
        return said


def _errors(said: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    found = (said.get("payload") or {}).get("errors") or ()
    return tuple(e for e in found if isinstance(e, Mapping)) or ({"errorType": "Unknown"},)
