"""One request on its way to AWS and its answer on the way back, with the fault planned for it."""

import asyncio
from typing import TYPE_CHECKING

from harness.model import GONE
from harness.wire.causes import Cause
from harness.wire.control import Control
from harness.wire.downstream import Downstream
from harness.wire.messages import Answer, Request, encode
from harness.wire.misfortunes import suffer
from harness.wire.tap import Attempt, Tap
from harness.wire.upstream import Connection, Upstream

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Controlling:
    """A request to the control API: answered here, never passed on."""

    def __init__(self, control: Control, client: Downstream, request: Request) -> None:
        self._control = control
        self._client = client
        self._request = request

    def begin(self) -> None:
        """The request is there."""
        head_only = self._request.method == b"HEAD"
        self._client.write(self._control.answer(self._request).encoded(head_only=head_only))
        self._client.done()

    def more(self, data: bytes) -> None:
        """More of a body that is too long anyway."""

    def end(self) -> None:
        """It has ended."""

    def left(self, *, unfinished: bool) -> None:
        """Nobody waits for the answer."""

    def reader_slow(self, wait: bool) -> None:
        """Answers are short."""


class Broken(Exception):
    """AWS gave no answer: the message says why."""


class Exchange:
    """Passes a request on and its answer back: as it comes, unless a fault wants the whole."""

    keeps = False

    def __init__(self, tap: Tap, upstream: Upstream, client: Downstream, request: Request) -> None:
        self.tap = tap
        self.client = client
        self.request = request
        self.attempt: Attempt | None = None
        self._upstream = upstream
        self._connection: Connection | None = None
        self._early: list[bytes] = []
        self._whole = not request.streamed
        self._waiting: asyncio.Future[Answer] | None = None
        self.gone = asyncio.Event()
        """Set when the function has left."""
        self._task: asyncio.Task[None] | None = None

    @property
    def head_only(self) -> bool:
        """Whether its answer has no body."""
        return self.request.method == b"HEAD"

    def begin(self) -> None:
        """The request is there."""
        cause = self.tap.tied(self.request)
        if cause is None:
            self._spawn(self._begin_untied())
        else:
            self._go(cause)

    def _go(self, cause: Cause) -> None:
        try:
            self.attempt = self.tap.see(self.request, cause)
        except Exception as error:
            self._own_mistake(error)
            return
        if self.attempt.fault is None:
            self._pass_on()
        else:
            self._spawn(suffer(self, self.attempt, self.attempt.fault))

    async def _begin_untied(self) -> None:
        pid = await self.tap.peers.pid(self.client.transport)
        function = self.tap.peers.function(pid)
        self._go(Cause("process" if function else "none", function, pid=pid))

    def _pass_on(self) -> None:
        connection = self._upstream.free()
        if connection is None:
            self._spawn(self._pass_on_soon())
        else:
            self._ask(connection)

    async def _pass_on_soon(self) -> None:
        try:
            self._ask(await self._upstream.connection())
        except (OSError, TimeoutError) as error:
            self.broken(f"AWS at {self._upstream.url} doesn't answer: {error or 'time-out'}")

    def _ask(self, connection: Connection) -> None:
        self._connection = connection
        self.client.too_fast(False)
        request = self.request
        data = request.head()
        if request.streamed:
            data += self._framed(bytes(request.body)) + b"".join(self._early)
            self._early.clear()
        else:
            data += request.body
        connection.ask(self, data, head=self.head_only)

    async def effect(self) -> Answer:
        """Have it done and wait for the whole answer, which the function doesn't see.

        Raises:
            Broken: AWS gave none.
        """
        self.keeps = True
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            connection = await self._upstream.connection()
        except (OSError, TimeoutError) as error:
            raise Broken(f"AWS at {self._upstream.url} doesn't answer: {error}") from None
        self._ask(connection)
        return await self._waiting

    def give(self, answer: Answer, *, happened: bool = False) -> None:
        """Answer, and record it so."""
        assert self.attempt is not None  # noqa: S101  # it was seen before
        reason = GONE if self.client.gone else None
        self.tap.end(self.attempt, answer, happened=happened, reason=reason)
        raw = b"".join(answer.raw)
        self.client.write(raw or answer.encoded(head_only=self.head_only))
        self.client.done(keep_alive=answer.keep_alive)

    def give_raw(self, data: bytes) -> None:
        """These bytes, and then the end of the connection."""
        self.client.write(data)
        self.client.done(keep_alive=False)

    def more(self, data: bytes) -> None:
        """More of a streamed body."""
        framed = self._framed(data)
        if self._connection is None:
            self._early.append(framed)
            if sum(map(len, self._early)) > 1_000_000:
                self.client.too_fast(True)
        else:
            self._connection.write(framed)

    def end(self) -> None:
        """The streamed body has ended."""
        self._whole = True
        if self.request.chunked:
            last = b"0\r\n\r\n"
            if self._connection is None:
                self._early.append(last)
            else:
                self._connection.write(last)

    def left(self, *, unfinished: bool) -> None:
        """The function has gone. What it asked for is done nevertheless, if it was all there."""
        self.gone.set()
        if self._connection is None:
            return
        if unfinished:
            self._connection.close()
            self.broken("the caller had gone before its request was whole")
        else:
            self._connection.go_on()

    def reader_slow(self, wait: bool) -> None:
        """The function takes no more of the answer for now, or takes more again."""
        if self._connection is not None:
            if wait:
                self._connection.hold()
            else:
                self._connection.go_on()

    def too_fast(self, wait: bool) -> None:
        """AWS takes no more of the request for now, or takes more again."""
        self.client.too_fast(wait)

    def piece(self, data: bytes) -> None:
        """Some of the answer."""
        if not self.gone.is_set():
            self.client.write(data)

    def answered(self, answer: Answer, last: bytes) -> None:
        """The answer has come."""
        self._connection = None
        if self._waiting is not None:
            if not self._waiting.done():
                self._waiting.set_result(answer)
            return
        assert self.attempt is not None  # noqa: S101  # nothing is passed on unseen
        reason = (
            GONE if self.gone.is_set() else None if answer.whole else "AWS broke off its answer"
        )
        self.tap.end(self.attempt, answer, reason=reason)
        self.piece(last)
        if answer.whole:
            self.client.done(keep_alive=answer.keep_alive)
        else:
            self.client.reset()

    def broken(self, why: str) -> None:
        """No answer came."""
        self._connection = None
        if self._waiting is not None:
            if not self._waiting.done():
                self._waiting.set_exception(Broken(why))
            return
        if self.attempt is not None:
            self.tap.end(self.attempt, None, reason=why)
        self.refuse(why)

    def refuse(self, why: str) -> None:
        """Say why there is no answer, in words that end up in the function's log."""
        if self.client.gone:
            return
        self.client.write(encode(502, [(b"content-type", b"text/plain")], why.encode()))
        self.client.done(keep_alive=False)

    def _own_mistake(self, error: Exception) -> None:
        """The wire's own mistake: told as the harness's error, never as an answer of AWS's."""
        self.tap.errors.append(error)
        self.refuse(f"the wire made a mistake: {type(error).__name__}: {error}")

    def _framed(self, data: bytes) -> bytes:
        if not self.request.chunked or not data:
            return data
        return b"%x\r\n" % len(data) + data + b"\r\n"

    def _spawn(self, work: "Coroutine[None, None, None]") -> None:
        self._task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: "Coroutine[None, None, None]") -> None:
        try:
            await work
        except Broken as error:
            self._waiting = None
            self.broken(str(error))
        except Exception as error:
            self._own_mistake(error)
