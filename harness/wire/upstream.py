"""The wire's own connections to AWS: kept, reused, and never a request sent twice."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

import httptools

from harness.wire.errors import WireError
from harness.wire.messages import Answer

_IDLE = 4.0
"""Seconds after which a kept connection is not trusted any more: servers close theirs at five."""
_CONNECT = 5.0
_KEPT_BODY = 65_536
"""Bytes of a passed-on body that are kept for reading: ids and error codes are in the first."""


class Receiver(Protocol):
    """Who gets an answer, as it comes."""

    keeps: bool
    """Whether it wants the whole answer, to do something else with it."""

    def piece(self, data: bytes) -> None:
        """Some of it, raw; to be passed on."""

    def answered(self, answer: Answer, last: bytes) -> None:
        """It has come, with this last piece, or its connection broke within it (``whole`` is
        False). So it can be recorded before anybody acts on it."""

    def broken(self, why: str) -> None:
        """Nothing came."""

    def too_fast(self, wait: bool) -> None:
        """AWS takes no more of the request for now, or takes more again."""


class Connection(asyncio.Protocol):
    """One connection to AWS; carries one request at a time."""

    def __init__(self, done: Callable[["Connection"], None]) -> None:
        self._done = done
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._receiver: Receiver | None = None
        self._answer = Answer(0)
        self._last = b""
        self._head = self._started = self._framed = False
        self.since = 0.0
        """When it was last of use."""

    @property
    def open(self) -> bool:
        """Whether neither side has ended it."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def usable(self) -> bool:
        """Whether it can carry a request now."""
        return self.open and time.monotonic() - self.since < _IDLE

    def ask(self, receiver: Receiver, data: bytes, *, head: bool = False) -> None:
        """Send a request's bytes; the receiver is told what comes of it."""
        self._receiver, self._head = receiver, head
        self._answer = Answer(0)
        self._started = self._framed = False
        if head:  # such an answer announces a body that doesn't come
            self._parser = httptools.HttpResponseParser(self)
        self.write(data)

    def write(self, data: bytes) -> None:
        """More of the request."""
        if self._transport is not None:
            self._transport.write(data)

    def hold(self) -> None:
        """Whoever reads the answer is slow."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def go_on(self) -> None:
        """They aren't any more."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """End it; nothing more is told."""
        self._receiver = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # of a TCP connection
        self._transport, self.since = transport, time.monotonic()

    def pause_writing(self) -> None:
        """asyncio's."""
        if self._receiver is not None:
            self._receiver.too_fast(True)

    def resume_writing(self) -> None:
        """asyncio's."""
        if self._receiver is not None:
            self._receiver.too_fast(False)

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        receiver = self._receiver
        if receiver is None:  # nobody asked
            self.close()
            return
        if receiver.keeps:
            self._answer.raw.append(data)
        self._last = data
        try:
            self._parser.feed_data(data)
            if self._receiver is receiver and not receiver.keeps:
                receiver.piece(data)
        except httptools.HttpParserError as error:
            self._finish(whole=False)
            self.close()
            if not self._started:
                receiver.broken(f"AWS's answer is no HTTP: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio's."""
        receiver = self._receiver
        if receiver is None:
            return
        self._last = b""
        if self._started:
            # Without a length an answer ends with its connection.
            self._answer.keep_alive = False
            self._finish(whole=exc is None and not self._framed)
        else:
            self._receiver = None
            receiver.broken("AWS ended the connection without an answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools'."""
        self._answer.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """httptools'."""
        answer = self._answer
        answer.status = self._parser.get_status_code()
        if answer.status < 200:  # an interim answer
            self._answer = Answer(0)
            return
        self._started = True
        answer.keep_alive = self._parser.should_keep_alive()
        self._framed = "content-length" in answer.by_name or "transfer-encoding" in answer.by_name
        if self._head:
            self._parser = httptools.HttpResponseParser(self)
            self._finish()

    def on_body(self, data: bytes) -> None:
        """httptools'."""
        answer = self._answer
        keeps = self._receiver is not None and self._receiver.keeps
        if keeps or len(answer.body) < _KEPT_BODY:
            answer.body += data

    def on_message_complete(self) -> None:
        """httptools'."""
        if self._started:
            self._answer.keep_alive = self._parser.should_keep_alive() or self._head
            self._finish()

    def _finish(self, *, whole: bool = True) -> None:
        receiver, self._receiver = self._receiver, None
        last, self._last = self._last, b""
        if receiver is None or not self._started:
            return
        self._answer.whole = whole
        self.since = time.monotonic()
        if self._answer.keep_alive and whole:
            self._done(self)
        elif self._transport is not None:
            self._transport.close()
        receiver.answered(self._answer, last)


class Upstream:
    """AWS at one address, and the connections to it that are free."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise WireError(
                f"the wire can't speak to {url}: it takes http:// addresses",
                "Point it at an emulator on this machine.",
            )
        self.url = url
        self._host, self._port = parts.hostname, parts.port or 80
        self._free: list[Connection] = []
        self._all: set[Connection] = set()

    def free(self) -> Connection | None:
        """A kept connection that can be used at once."""
        while self._free:
            connection = self._free.pop()
            if connection.usable:
                return connection
            connection.close()
            self._all.discard(connection)
        return None

    async def connection(self) -> Connection:
        """A kept connection, else a new one.

        Raises:
            OSError: AWS doesn't answer there; TimeoutError, too, is one.
        """
        kept = self.free()
        if kept is not None:
            return kept
        loop = asyncio.get_running_loop()
        opening = loop.create_connection(lambda: Connection(self._back), self._host, self._port)
        _, made = await asyncio.wait_for(opening, _CONNECT)
        self._all = {c for c in self._all if c.open} | {made}
        return made

    def close(self) -> None:
        """End every connection."""
        for connection in self._all:
            connection.close()
        self._free.clear()
        self._all.clear()

    def _back(self, connection: Connection) -> None:
        self._free.append(connection)
