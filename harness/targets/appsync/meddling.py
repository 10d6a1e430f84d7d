"""Faults on operations, as the network or AppSync itself would do them to whoever asks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.model import Fault, Json
from harness.targets.appsync.document import Prepared
from harness.targets.appsync.errors import Refused
from harness.targets.appsync.recording import Told

Perform = Callable[[], Awaitable[dict[str, Json]]]
"""Executes the operation and tells its subscribers."""

ACTIONS = frozenset(("error", "latency", "hold", "reset", "lose", "duplicate"))
"""What can be done to an operation."""
_LATENCY = 1.0
_LONGEST_HOLD = 60.0
"""Seconds."""


class Meddler(Protocol):
    """Says which operation is to fail, and is told when it did."""

    def plan(self, number: int, operation: str, variables: Mapping[str, Json]) -> Fault | None:
        """The fault for this operation (its root field's name), if any."""
        ...

    def fired(self, number: int, fault: Fault) -> None:
        """It happened."""
        ...


class Vanished(Exception):
    """The connection ends without an answer."""


class NoAnswer(Response):
    """Announces a body that never comes: whoever waits for it sees the connection break."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head alone; the server closes what isn't completed."""
        headers = [(b"content-length", b"1024"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass(frozen=True)
class Meddling:
    """Performs operations, with the faults that are planned for them."""

    meddler: Meddler | None = None

    async def performed(
        self,
        prepared: Prepared,
        told: Told | None,
        variables: Mapping[str, Json],
        perform: Perform,
    ) -> dict[str, Json]:
        """The operation's body. Only what is told of here can fail: a fault has to be seen.

        Raises:
            Refused: a fault answers instead.
            Vanished: a fault leaves it without an answer.
        """
        if told is None:
            return await perform()
        fault = self._planned(prepared, told, variables)
        if fault is None:
            body = await perform()
            told.end(body)
            return body
        assert self.meddler is not None  # noqa: S101 - it planned the fault
        self.meddler.fired(told.number, fault)
        return await _spoilt(fault, told, perform)

    def _planned(
        self, prepared: Prepared, told: Told, variables: Mapping[str, Json]
    ) -> Fault | None:
        if self.meddler is None:
            return None
        for operation in prepared.fields:
            fault = self.meddler.plan(told.number, operation, variables)
            if fault is not None and fault.do.do in ACTIONS:
                return fault
        return None


async def _spoilt(fault: Fault, told: Told, perform: Perform) -> dict[str, Json]:
    action = fault.do
    match action.do:
        case "latency":
            await asyncio.sleep(_LATENCY if action.seconds is None else action.seconds)
        case "hold" if fault.place == "before":
            await asyncio.sleep(min(action.seconds or _LONGEST_HOLD, _LONGEST_HOLD))
            raise _vanished(told)
        case "reset" if fault.place == "before":
            raise _vanished(told)
        case "error" if fault.place == "before":
            raise _refused(fault, told)
        case "duplicate":
            await perform()
    body = await perform()
    if action.do == "error":
        raise _refused(fault, told)
    if action.do in ("lose", "reset", "hold"):
        raise _vanished(told)
    told.end(body)
    return body


def _refused(fault: Fault, told: Told) -> Refused:
    status, code = fault.do.status or 500, fault.do.code or "InternalFailure"
    refusal = Refused(status, code, "A planned fault.")
    happened = fault.place == "after" or status >= 500
    told.end(refusal.body(), "info" if happened else "fail")
    return refusal


def _vanished(told: Told) -> Vanished:
    told.end({}, "info")
    return Vanished()
