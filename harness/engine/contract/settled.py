"""Something that moves on by itself, once it has stopped to."""

from harness.engine.contract.answer import Answer
from harness.engine.contract.probe import Probing
from harness.engine.contract.request import Request

PATIENCE = 8.0
"""Seconds after which something that still moves isn't compared."""
_PAUSE = 0.3


def settled(probing: Probing, reader: Request) -> Answer | None:
    """The owner's read when two in a row say the same; None when that doesn't come in time."""
    recorder = probing.caller.exchanges.context.recorder
    deadline = recorder.now() + PATIENCE
    last: Answer | None = None
    while recorder.now() < deadline:
        now = probing.caller.call(reader, probing.identity)
        if now is None:
            return None
        if last is not None and (last.status, last.json) == (now.status, now.json):
            return now
        last = now
        # Something observed on the stage ends the pause early; nothing means it is at rest.
        recorder.await_more(len(recorder), _PAUSE)
    return None
