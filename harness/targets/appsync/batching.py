"""Joins calls of one function that are made at the same moment, as BatchInvoke does."""

import asyncio
from dataclasses import dataclass, field

from harness.model import Json
from harness.targets.appsync.errors import FieldError
from harness.targets.appsync.invoke import Invocation, Invoke

_ENVELOPE = {"data", "errorMessage", "errorType", "errorInfo"}


@dataclass
class Batch:
    """The calls of one field's step within one request."""

    invoke: Invoke
    function: str
    most: int
    raises: bool = True
    _waiting: list[tuple[Json, asyncio.Future[Json]]] = field(default_factory=list)
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, payload: Json) -> Json:
        """Be part of the next call.

        Raises:
            FieldError: the call failed, or this one's part of it.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Json] = loop.create_future()
        self._waiting.append((payload, answer))
        if len(self._waiting) == 1:
            # Siblings are resolved in the same turn of the loop: all are here when it ends.
            loop.call_soon(self._flush)
        return await answer

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self.most):
            task = asyncio.ensure_future(self._send(waiting[start : start + self.most]))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, calls: list[tuple[Json, asyncio.Future[Json]]]) -> None:
        try:
            invocation = await self.invoke(self.function, [payload for payload, _ in calls])
            results = _results(invocation, len(calls), self.raises)
        except Exception as error:
            results = [error] * len(calls)
        for (_, answer), result in zip(calls, results, strict=True):
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)


def _results(invocation: Invocation, count: int, raises: bool) -> list[Json | Exception]:
    if invocation.error is not None:
        if raises:
            return [FieldError(invocation.message, f"Lambda:{invocation.error}")] * count
        return [None] * count
    result = invocation.result
    if not isinstance(result, list) or len(result) != count:
        got = f"a list of {len(result)}" if isinstance(result, list) else type(result).__name__
        message = f"A batch of {count} was answered with {got}, not with a list of {count}"
        return [FieldError(message, "Lambda:IllegalArgument")] * count
    return [_one(item) for item in result]


def _one(item: Json) -> Json | Exception:
    """One part's data, or its error: ``{data, errorMessage, errorType}``."""
    if not isinstance(item, dict) or not item or not item.keys() <= _ENVELOPE:
        return item
    if item.get("errorMessage"):
        kind = str(item.get("errorType") or "Lambda:Unhandled")
        return FieldError(str(item["errorMessage"]), kind, item.get("data"), item.get("errorInfo"))
    return item.get("data") if "errorMessage" in item or "errorType" in item else item
