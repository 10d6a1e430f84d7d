"""What a planned fault does to a call of AWS's."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harness.faults import kill
from harness.model import Fault
from harness.wire.messages import Answer
from harness.wire.partial import split
from harness.wire.tap import Attempt

if TYPE_CHECKING:
    from harness.wire.exchange import Exchange

_LATENCY = 1.0
"""Seconds, where a fault doesn't say."""
_LONGEST_HOLD = 120.0
"""Seconds; no SDK's time-out is longer."""
_NEXT = 2.0
"""Seconds that a call is held back for the next one, where a fault doesn't say."""
MALFORMED = b'{"status": tru'


async def suffer(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Do a fault to a call: whatever it is, the call is recorded and its connection is left whole
    or broken, as the fault has it.

    A fault that doesn't apply (a partial batch of what is no batch) doesn't fire.
    """
    await _DO.get(fault.do.do, _passed)(x, attempt, fault)


async def _passed(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    attempt.fault = None
    x.give(await x.effect())


async def _error(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    happened = fault.place == "after"
    if happened:
        await x.effect()
    x.tap.fired(attempt)
    await asyncio.sleep(fault.do.seconds or 0)
    refusal = x.tap.refusals.answer(attempt.decoded, fault.do)
    x.give(refusal, happened=happened)


async def _latency(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    seconds = _LATENCY if fault.do.seconds is None else fault.do.seconds
    x.tap.fired(attempt)
    if fault.place == "before":
        await asyncio.sleep(seconds)
        x.give(await x.effect())
    else:
        answer = await x.effect()
        await asyncio.sleep(seconds)
        x.give(answer)


async def _hold(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Say nothing until the caller gives up."""
    happened = await _perhaps(x, fault)
    x.tap.fired(attempt)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(x.gone.wait(), fault.do.seconds or _LONGEST_HOLD)
    _no_answer(x, attempt, "hold", happened)


async def _reset(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    happened = await _perhaps(x, fault)
    x.tap.fired(attempt)
    _no_answer(x, attempt, "reset", happened)


async def _lose(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """The effect is done and its answer is lost. Of every attempt: done once, and all are lost."""
    again = fault.attempts == "every" and attempt.number > 1
    happened = None if again else await x.effect()
    x.tap.fired(attempt)
    _no_answer(x, attempt, "lose", happened)


async def _kill(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    pid = await x.tap.peers.pid(x.client.transport)
    happened = await _perhaps(x, fault)
    if kill(pid, x.tap.peers.function(pid)):
        x.tap.fired(attempt)
        _no_answer(x, attempt, "kill", happened)
    elif happened is not None:
        attempt.fault = None
        x.give(happened)
    else:
        await _passed(x, attempt, fault)


async def _truncate(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Announce the whole answer, give half of it, end the connection."""
    answer = await x.effect()
    x.tap.fired(attempt)
    whole = answer.encoded(head_only=x.head_only)
    x.tap.end(attempt, answer, reason="truncate")
    x.give_raw(whole[: len(whole) - max(1, (len(answer.body) + 1) // 2)])


async def _malformed(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """An answer of the right length that is no answer."""
    answer = await x.effect()
    x.tap.fired(attempt)
    x.give(answer.with_body(MALFORMED), happened=True)


async def _duplicate(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """The network delivers it twice; the caller hears of the first."""
    if x.request.streamed:
        await _passed(x, attempt, fault)
        return
    answer = await x.effect()
    x.tap.fired(attempt)
    await x.effect()
    x.give(answer)


async def _reorder(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Hold the call back until the next one to the same resource was answered, or time is up."""
    seconds = _NEXT if fault.do.seconds is None else fault.do.seconds
    x.tap.fired(attempt)
    await x.tap.overtaken(attempt, seconds)
    x.give(await x.effect())


async def _stale(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Answer a read as it was answered before the last write, where it allows that."""
    older = x.tap.stale.older(attempt.decoded, attempt.resource)
    if older is None:
        await _passed(x, attempt, fault)
        return
    x.tap.fired(attempt)
    x.give(older)


async def _partial(x: "Exchange", attempt: Attempt, fault: Fault) -> None:
    """Do a part of a batch and say which part wasn't done."""
    parts = None if x.request.streamed else split(attempt.decoded, bytes(x.request.body))
    if parts is None:
        await _passed(x, attempt, fault)
        return
    x.tap.fired(attempt)
    if parts.request is None:
        x.give(parts.merge(None))
        return
    x.request.body[:] = parts.request
    answer = await x.effect()
    x.give(parts.merge(answer) if answer.status < 300 else answer)


async def _perhaps(x: "Exchange", fault: Fault) -> Answer | None:
    """The effect, if it comes before the fault."""
    return await x.effect() if fault.place == "after" else None


def _no_answer(x: "Exchange", attempt: Attempt, why: str, happened: Answer | None) -> None:
    """The caller sees its connection break; messages that AWS took are remembered."""
    if happened is not None and happened.status < 300:
        x.tap.causes.learn(attempt.decoded, bytes(happened.body), attempt.cases)
    x.tap.end(attempt, None, reason=why)
    x.client.reset()


_DO: dict[str, Callable[["Exchange", Attempt, Fault], Awaitable[None]]] = {
    "error": _error,
    "throttle": _error,
    "latency": _latency,
    "hold": _hold,
    "reset": _reset,
    "lose": _lose,
    "kill": _kill,
    "truncate": _truncate,
    "malformed": _malformed,
    "duplicate": _duplicate,
    "reorder": _reorder,
    "stale": _stale,
    "partial": _partial,
}
ACTIONS = frozenset(_DO)
"""All that the wire can do to a call."""
