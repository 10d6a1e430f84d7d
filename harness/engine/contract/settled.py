"""Something that moves on by itself, once it has stopped to."""

from collections.abc import Callable
from typing import TypeVar

from harness.engine.contract.answer import Answer
from harness.engine.contract.context import ContractContext
from harness.engine.contract.probe import Probing
from harness.engine.contract.request import Request

PATIENCE = 8.0
"""Seconds after which something that still moves isn't compared."""
_PAUSES = 8
"""Pauses that it is given at least."""

T = TypeVar("T")


def settled(probing: Probing, reader: Request) -> Answer | None:
    """The owner's read when two in a row say the same; None when that doesn't come in time."""
    return settled_by(
        probing.caller.exchanges.context,
        lambda: probing.caller.call(reader, probing.identity),
        lambda one, other: (one.status, one.json) == (other.status, other.json),
    )


def settled_by(
    context: ContractContext, read: Callable[[], T | None], same: Callable[[T, T], bool]
) -> T | None:
    """What is read when it is the same twice in a row; None when that doesn't come in time."""
    recorder = context.recorder
    deadline = recorder.now() + max(PATIENCE, _PAUSES * context.pause)
    last: T | None = None
    while recorder.now() < deadline:
        now = read()
        if now is None:
            return None
        if last is not None and same(last, now):
            return now
        last = now
        # Something observed on the stage ends the pause early; nothing means it is at rest.
        recorder.await_more(len(recorder), context.pause)
    return None
