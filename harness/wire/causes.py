"""From a call back to what caused it: the invocation, its messages, and the cases they are of."""

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from harness.model import Json
from harness.recorder import Recorder
from harness.wire.decoding import Decoded
from harness.wire.fields import at, parsed

HEADER = "x-stageproof-cause"
"""What ``tie/sitecustomize.py`` adds to each call."""

Tie = Literal["header", "process", "none"]

_IDS = {
    "sqs.SendMessage": "MessageId",
    "sqs.SendMessageBatch": "Successful.[].MessageId",
    "sns.Publish": "MessageId",
    "sns.PublishBatch": "Successful.[].MessageId",
    "events.PutEvents": "Entries.[].EventId",
}
_XML_ID = re.compile(rb"<MessageId>([^<]+)</MessageId>")
_REMEMBERED = 20_000
"""Messages whose cases are known; the oldest are forgotten, long since consumed."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known of who called, and why."""

    tie: Tie
    """How it is known: by the function's own header, by the calling process, or not at all."""
    function: str | None = None
    invocation: str | None = None
    source: str = ""
    """``aws:sqs``, ``aws:dynamodb``, ``api`` …"""
    ids: tuple[str, ...] = ()
    """Of the messages or stream events that the invocation was given."""
    keys: tuple[str, ...] = ()
    """The entities in them."""
    pid: int | None = None
    cold: float = 0.0
    """Seconds that the execution environment took to start, of its first invocation."""

    def told(self, *, whole: bool) -> dict[str, Json]:
        """For a record; the messages' ids only of the whole, for they may be many."""
        known: dict[str, Json] = {"tie": self.tie}
        if self.invocation:
            known["invocation"] = self.invocation
        if self.source:
            ids = {"messageIds": list(self.ids)} if whole and self.ids else {}
            known["cause"] = {"kind": self.source, **ids}
        if whole and self.cold:
            known["coldStart"] = self.cold
        return known


def read_cause(header: str) -> Cause | None:
    """The header's; None when it isn't ours."""
    try:
        told = json.loads(header)
        return Cause(
            "header", told["f"] or None, told["i"] or None, str(told["s"]),
            tuple(map(str, told["c"])), tuple(map(str, told["k"])), cold=float(told.get("n", 0)),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


class Causes:
    """Remembers which cases a message is of, so that what it causes is theirs."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._of: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._told: OrderedDict[str, None] = OrderedDict()

    def cases(self, cause: Cause, keys: Iterable[str]) -> tuple[str, ...]:
        """The cases that a call serves: those of its own entities, else of its cause.

        Empty when nothing tells: it is the running case's then.
        """
        own = self._owners(keys)
        if own:
            return own
        sent = (self._of.get(i, ()) for i in cause.ids)
        by_message = tuple(dict.fromkeys(c for cases in sent for c in cases))
        return self._owners(cause.keys) or by_message

    def learn(self, decoded: Decoded, body: bytes, cases: tuple[str, ...]) -> tuple[str, ...]:
        """Remember the ids that an answer gave to messages; gives them."""
        path = _IDS.get(f"{decoded.service}.{decoded.operation}")
        if path is None or not body:
            return ()
        ids = tuple(_ids(body, path))
        for each in ids:
            self._of[each] = cases
        while len(self._of) > _REMEMBERED:
            self._of.popitem(last=False)
        return ids

    def first(self, cause: Cause) -> bool:
        """Whether this is the first call of its invocation; asked once for each call."""
        if cause.invocation is None or cause.invocation in self._told:
            return False
        self._told[cause.invocation] = None
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True

    def _owners(self, keys: Iterable[str]) -> tuple[str, ...]:
        found = (c for key in keys for c in self._recorder.owners(key))
        return tuple(dict.fromkeys(found))


def _ids(body: bytes, path: str) -> Iterable[str]:
    if body[:1] == b"<":
        return [i.decode() for i in _XML_ID.findall(body)]
    answer = parsed(body)
    return [str(i) for i in at(answer, path)] if isinstance(answer, Mapping) else []
