"""A tiny AWS: answers what a test says, and remembers the requests that reached it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import httptools

from harness.wire.messages import Request

Answering = Callable[[Request], bytes]


def answer(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """An answer's bytes, its body announced."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class Aws:
    """Listens on loopback. ``answering`` may be changed at any time."""

    answering: Answering = lambda _: answer()
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    closes: bool = False
    """Whether it ends a connection after each answer."""
    _server: asyncio.Server | None = None
    _open: set[asyncio.Transport] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End, with every connection."""
        if self._server is not None:
            self._server.close()
        for transport in tuple(self._open):
            transport.abort()


class _Connection(asyncio.Protocol):
    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._aws.connections += 1
        self._aws._open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._aws._open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._request = Request()

    def on_url(self, url: bytes) -> None:
        self._request.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.headers.append((name.lower(), value))

    def on_body(self, data: bytes) -> None:
        self._request.body += data

    def on_message_complete(self) -> None:
        self._request.method = self._parser.get_method()
        self._aws.requests.append(self._request)
        given = self._aws.answering(self._request)
        if given:
            self._transport.write(given)
        if self._aws.closes or not given:
            self._transport.close()
