"""A function's connection to the wire: its requests, one after the other, and their answers."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

import httptools

from harness.faults import reset
from harness.wire.messages import Request, encode

_BUFFERED = 4 * 1024 * 1024
"""Bytes of a body that are read whole before it is passed on; what is longer is streamed."""
_LONGEST_HEAD = 65_536
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Handling(Protocol):
    """What becomes of one request."""

    def begin(self) -> None:
        """The request is there: whole, or, when streamed, its head."""

    def more(self, data: bytes) -> None:
        """More of a streamed body."""

    def end(self) -> None:
        """The streamed body has ended."""

    def left(self, *, unfinished: bool) -> None:
        """The function has gone; ``unfinished``, before all of its request was there."""

    def reader_slow(self, wait: bool) -> None:
        """The function takes no more of the answer for now, or takes more again."""


class Downstream(asyncio.Protocol):
    """One connection. Answers requests in order, each after the one before it."""

    def __init__(
        self,
        handle: Callable[["Downstream", Request], Handling],
        opened: Callable[["Downstream"], None],
        closed: Callable[["Downstream"], None],
    ) -> None:
        self._handle = handle
        self._opened, self._closed = opened, closed
        self._parser = httptools.HttpRequestParser(self)
        self._reading = Request()
        self._head_size = 0
        self._streaming: Handling | None = None
        self._waiting: deque[Request] = deque()
        self._current: Handling | None = None
        self._ending = False
        self.transport: asyncio.Transport | None = None

    @property
    def gone(self) -> bool:
        """Whether the function has left."""
        return self.transport is None or self.transport.is_closing()

    def write(self, data: bytes) -> None:
        """Some of an answer."""
        if self.transport is not None:
            self.transport.write(data)

    def done(self, *, keep_alive: bool = True) -> None:
        """The current request is answered."""
        self._current = None
        if self._ending or not keep_alive or self._streaming is not None:
            self.close()  # the rest of a body that nobody wants any more can't be told from a head
        elif self._waiting:
            self._next()

    def reset(self) -> None:
        """End the connection by RST: the function sees it break, not close."""
        self._current = None
        if self.transport is not None:
            reset(self.transport)

    def close(self) -> None:
        """End it, after what was written is sent."""
        if self.transport is not None:
            self.transport.close()

    def too_fast(self, wait: bool) -> None:
        """The request comes faster than AWS takes it."""
        if self.gone or self.transport is None:
            return
        if wait:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # of a TCP connection
        self.transport = transport
        self._opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio's."""
        if self._current is not None:
            self._current.left(unfinished=self._streaming is not None)
        self._closed(self)

    def pause_writing(self) -> None:
        """asyncio's."""
        if self._current is not None:
            self._current.reader_slow(True)

    def resume_writing(self) -> None:
        """asyncio's."""
        if self._current is not None:
            self._current.reader_slow(False)

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(501, b"the wire speaks HTTP/1.1 only")
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None
        except httptools.HttpParserError as error:
            self._refuse(400, f"the wire can't read this request: {error}".encode())

    def on_message_begin(self) -> None:
        """httptools'."""
        self._reading, self._head_size = Request(), 0

    def on_url(self, url: bytes) -> None:
        """httptools'."""
        self._reading.target += url
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools'."""
        self._reading.headers.append((name.lower(), value))
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """httptools'."""
        request = self._reading
        request.method = self._parser.get_method()
        expects = request.by_name.get("expect", "").lower() == "100-continue"
        if expects and self._current is None and not self.gone:
            self.write(_CONTINUE)
        if (request.length or 0) > _BUFFERED:
            self._stream()

    def on_body(self, data: bytes) -> None:
        """httptools'."""
        if self._streaming is not None:
            self._streaming.more(data)
            return
        self._reading.body += data
        if len(self._reading.body) > _BUFFERED:
            self._stream()

    def on_message_complete(self) -> None:
        """httptools'."""
        self._reading.keep_alive = self._parser.should_keep_alive()
        if self._streaming is not None:
            streaming, self._streaming = self._streaming, None
            streaming.end()
        elif not self.gone:
            self._waiting.append(self._reading)
            if self._current is None:
                self._next()

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > _LONGEST_HEAD:
            self._refuse(431, b"the request's head is longer than 64 KB")

    def _stream(self) -> None:
        """Pass the body on as it comes; a pipelined one is as long as it is."""
        if self._current is None and not self._waiting:
            self._reading.streamed = True
            self._start(self._reading)
            self._streaming = self._current

    def _next(self) -> None:
        self._start(self._waiting.popleft())

    def _start(self, request: Request) -> None:
        self._ending = not request.keep_alive
        self._current = self._handle(self, request)
        self._current.begin()

    def _refuse(self, status: int, why: bytes) -> None:
        if not self.gone:
            self.write(encode(status, [(b"content-type", b"text/plain")], why))
        self.close()
