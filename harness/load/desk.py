"""The harness's end of the line to Locust: writes what customers ask and are answered into the
history, and does their errands."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from harness.clients import RestRecords
from harness.load.preparing import Errand, Prepared
from harness.model import Frozen, Json
from harness.specs import Credentials, OpenApi

_LONGEST = 16 * 1024 * 1024
"""Bytes of a message: an answer's body is in it."""


class _Hello(Frozen):
    do: Literal["hello"]
    id: int


class _Ask(Frozen):
    do: Literal["ask"]
    id: int
    operation: str
    who: str
    path: dict[str, Json]
    query: dict[str, Json]
    headers: dict[str, str]
    body: Json = None


class _Answered(Frozen):
    do: Literal["answer"]
    id: int
    status: int | None
    seconds: float
    headers: dict[str, str]
    body: Json = None
    error: str = ""


class _Errand(Frozen):
    do: Literal["errand"]
    id: int
    name: str
    arguments: dict[str, Json]


class _Say(Frozen):
    do: Literal["say"]
    kind: Literal["ended", "complaint"]
    text: str = ""


_Message = _Hello | _Ask | _Answered | _Errand | _Say
_read: Callable[[bytes], _Message] = TypeAdapter(_Message).validate_json


@dataclass(frozen=True)
class Address:
    """Where the stage is called, and how its calls are known again."""

    base_url: str
    correlation_header: str
    correlation: Callable[[int], str]
    """Call of the history → the id that its request carries."""


@dataclass
class Desk:
    """Takes what comes on its socket; all of it runs on the loop that ``open`` is called on."""

    api: OpenApi
    records: RestRecords
    address: Address
    prepared: Prepared
    signed: Collection[str] = ()
    """Security schemes of the contract that are signatures, not API keys."""
    met: int = 0
    """Processes that have introduced themselves."""
    ended: int = 0
    """Journeys that their customers take for ended."""
    complaints: Counter[str] = field(default_factory=Counter)
    errors: list[Exception] = field(default_factory=list)
    """Mistakes of the harness or of the application's users, never of the stage."""
    _open: dict[tuple[int, int], tuple[int, Json, Json]] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self, path: Path) -> None:
        """Listen on this socket."""
        self._server = await asyncio.start_unix_server(self._meet, path, limit=_LONGEST)
        path.chmod(0o600)

    async def close(self) -> None:
        """Hang up; errands that are under way are given up."""
        if self._server is not None:
            self._server.close()
        for task in self._running:
            task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        mine = self.met
        try:
            while line := await reader.readline():
                self._take(mine, line, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    def _take(self, process: int, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            message = _read(line)
            match message:
                case _Hello():
                    _tell(writer, {"id": message.id, "plan": self._plan()})
                case _Ask():
                    call = self._asked(message)
                    self._open[process, message.id] = (call, message.path, message.body)
                    correlation = self.address.correlation(call)
                    _tell(writer, {"id": message.id, "correlation": correlation})
                case _Answered():
                    self._answered(process, message)
                case _Errand():
                    self._go(self._done(message, writer))
                case _Say(kind="ended"):
                    self.ended += 1
                case _Say():
                    self.complaints[message.text] += 1
        except (ValidationError, KeyError) as error:
            self.errors.append(error)

    def _asked(self, message: _Ask) -> int:
        operation = self.api.operation(message.operation)
        return self.records.asked(
            f"{operation.method} {operation.path}",
            identity=message.who,
            path=message.path,
            query={name: str(value) for name, value in message.query.items()},
            headers=message.headers,
            body=message.body,
        )

    def _answered(self, process: int, message: _Answered) -> None:
        call, path, body = self._open.pop((process, message.id))
        self.records.answered(
            call,
            message.status,
            seconds=message.seconds,
            headers=message.headers,
            body=message.body,
            error=message.error,
            asked=(path, body),
        )

    def _go(self, work: "Awaitable[None]") -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _done(self, message: _Errand, writer: asyncio.StreamWriter) -> None:
        told: dict[str, Json] = {"id": message.id}
        try:
            told["result"] = await _errand(self.prepared.errands, message.name)(**message.arguments)
        except Exception as error:  # the customer is told, as it would be by a page that fails
            told["error"] = f"{type(error).__name__}: {error}"
        _tell(writer, told)

    def _plan(self) -> dict[str, Any]:
        credentials = Credentials(self.api, self.signed)
        return {
            "base_url": self.address.base_url.rstrip("/"),
            "correlation_header": self.address.correlation_header,
            "operations": {o.id: [o.method, o.path] for o in self.api.operations},
            "keys": {o.id: [*credentials.headers(o, "key")] for o in self.api.operations},
            "customers": [
                {
                    "name": who.name,
                    "token": who.token,
                    "api_key": who.api_key,
                    "email": who.email,
                    "tier": who.tier,
                    "address": address(number),
                }
                for number, who in enumerate(self.prepared.customers)
            ],
            "wishes": list(self.prepared.wishes),
        }


def address(number: int) -> str:
    """A customer's own IP address, of those set aside for measuring (RFC 2544)."""
    return f"198.18.{number // 254 % 256}.{number % 254 + 1}"


def _errand(errands: Mapping[str, Errand], name: str) -> Errand:
    if name not in errands:
        raise KeyError(f"no errand {name!r}; there are: {', '.join(errands) or 'none'}")
    return errands[name]


def _tell(writer: asyncio.StreamWriter, message: Mapping[str, Any]) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(message).encode() + b"\n")


__all__: Sequence[str] = ["Address", "Desk", "address"]
