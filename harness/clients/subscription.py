"""A subscription that comes back by itself; each message is in the history as it was received."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError as HttpError
from aiohttp import ClientSession

from harness.clients.documents import read
from harness.clients.entity import entity_key
from harness.clients.realtime import Asking, Connection, Dropped, Refused
from harness.model import Identity, Json
from harness.recorder import Recorder

_PAUSES = (0.02, 0.1, 0.3, 1.0)
"""Seconds before each attempt to come back; the last is kept."""
_NO_CONNECTION = (HttpError, OSError, Dropped, TimeoutError)


@dataclass(frozen=True)
class Standing:
    """It stands, for the first time or again: messages before this may have been missed."""

    call: int
    """The subscribing's number in the history."""


@dataclass(frozen=True)
class Message:
    """One message, as it was received."""

    value: Json
    """What the subscription field gave."""
    errors: tuple[Mapping[str, Any], ...] = ()
    key: str | None = None
    """The entity it is about."""


@dataclass(frozen=True)
class Ended:
    """It is over: the server refused it or completed it, or it was left."""

    errors: tuple[Mapping[str, Any], ...] = ()
    why: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Each error's ``errorType``."""
        return tuple(str(e.get("errorType") or "") for e in self.errors)


Heard = Standing | Message | Ended


@dataclass
class Subscription:
    """Lives on one loop; ``begin`` and ``end`` are awaited there.

    In the history: a call ``subscribe onX`` each time that it subscribes, then ``subscription onX``
    for each message, ``dropped onX`` when a connection broke and ``left onX`` at its end.
    ``subscriber`` in their values is
    the number of its first call.
    """

    url: str
    document: str
    identity: Identity | None
    variables: Mapping[str, Any]
    recorder: Recorder
    connections: Callable[[], ClientSession]
    keys: Sequence[str] = ()
    region: str = ""
    messages: list[Message] = field(default_factory=list)
    """Everything received so far, repeats included."""
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)
    """The same with what happened to the subscription, for the one who follows it."""
    subscriber: int = 0
    _connection: Connection | None = None
    _task: asyncio.Task[None] | None = None
    _may_return: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def field_name(self) -> str:
        """The subscription field."""
        return next(iter(read(self.document).fields), "")

    @property
    def stands(self) -> bool:
        """Whether messages come now."""
        return self._connection is not None

    async def begin(self) -> Standing | Ended:
        """Subscribe once, and stay subscribed until ``end``.

        Gives how the first attempt went; one that failed is not tried again.
        """
        self._may_return.set()
        first = await self._subscribe()
        if isinstance(first, Standing):
            self._task = asyncio.ensure_future(self._stay())
        return first

    async def end(self) -> None:
        """Leave. Harmless when it is over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self._record("left", {})
        await self._close()

    def drop(self) -> None:
        """Break its connection now, as a network does; it comes back by itself."""
        if self._connection is not None:
            self._connection.drop()

    def go_away(self) -> None:
        """Break its connection and stay away until ``come_back``."""
        self._may_return.clear()
        self.drop()

    def come_back(self) -> None:
        """It may connect again."""
        self._may_return.set()

    async def next(self, within: float = 10.0) -> Message:
        """The next message that nobody took yet.

        Raises:
            TimeoutError: none came in so many seconds.
        """
        async with asyncio.timeout(within):
            while True:
                heard = await self.heard.get()
                if isinstance(heard, Message):
                    return heard

    async def _stay(self) -> None:
        while await self._until_dropped():
            attempt = 0
            while isinstance(back := await self._return(attempt), Ended):
                if back.errors:
                    return
                attempt += 1

    async def _until_dropped(self) -> bool:
        """Receive until the connection ends; gives whether to come back."""
        assert self._connection is not None  # noqa: S101 - subscribed just now
        try:
            await self._connection.messages(self._received)
            self._over(Ended(why="completed by the server"))
        except Refused as refusal:
            self._over(Ended(refusal.errors, str(refusal)))
        except Dropped as dropped:
            self._record("dropped", {"reason": str(dropped)})
            await self._close()
            return True
        await self._close()
        return False

    async def _return(self, attempt: int) -> Standing | Ended:
        await self._may_return.wait()
        await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        return await self._subscribe()

    async def _subscribe(self) -> Standing | Ended:
        asking = Asking(self.url, self.document, self.variables, self.identity, self.region)
        call = self.recorder.invoke(
            "client",
            f"subscribe {self.field_name}",
            key=entity_key(self.keys, self.variables),
            value={
                "identity": self.identity.name if self.identity else None,
                "document": read(self.document).shown,
                "variables": dict(self.variables),
                **({"subscriber": self.subscriber} if self.subscriber else {}),
            },
        )
        self.subscriber = self.subscriber or call
        try:
            self._connection = await Connection.open(self.connections(), asking)
        except Refused as refusal:
            self.recorder.complete(call, "fail", value={"errors": list(refusal.errors)})
            return self._over(Ended(refusal.errors, str(refusal)))
        except _NO_CONNECTION as error:
            why = f"{type(error).__name__}: {error}".rstrip(": ")
            self.recorder.complete(call, "info", value={"reason": why})
            return Ended(why=why)
        except BaseException:
            self.recorder.complete(call, "info", value={"reason": "left"})
            raise
        self.recorder.complete(call, "ok", value={"subscriber": self.subscriber})
        standing = Standing(call)
        self.heard.put_nowait(standing)
        return standing

    def _received(self, payload: Json) -> None:
        data = payload.get("data") if isinstance(payload, Mapping) else None
        errors = payload.get("errors") if isinstance(payload, Mapping) else None
        value = next(iter(data.values()), None) if isinstance(data, Mapping) else None
        message = Message(value, tuple(errors or ()), entity_key(self.keys, value))
        self._record("subscription", {"body": value, "errors": list(message.errors)}, message.key)
        self.messages.append(message)
        self.heard.put_nowait(message)

    def _record(self, what: str, value: Mapping[str, Json], key: str | None = None) -> None:
        who = {"identity": self.identity.name if self.identity else None}
        self.recorder.observe(
            f"{what} {self.field_name}",
            key=key,
            value={**who, "subscriber": self.subscriber, **value},
            feed="client",
        )

    def _over(self, ended: Ended) -> Ended:
        self.heard.put_nowait(ended)
        return ended

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
