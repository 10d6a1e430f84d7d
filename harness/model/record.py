"""One line of a history."""

from typing import Literal

import msgspec

from harness.model.frozen import Json

Kind = Literal["invoke", "ok", "fail", "info"]
"""``fail``: refused, nothing happened (4xx). ``info``: may have happened (5xx, time-out, reset)."""

GONE = "the caller had gone"
"""The reason of a completion that nobody waited for any more."""

Feed = Literal["client", "double", "wire", "observe"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """What one feed saw at one moment.

    A call is two records with the same ``call``: its invoke and its completion; each attempt of
    an SDK call is a call. An observation (a table's stream, a bus, a topic, a log) is a single
    ``ok`` record with a ``call`` of its own.

    No pydantic model, unlike what else crosses a border: a long run has a million of them, and
    its laws read few of their values. One that came from a file keeps its value as text until
    somebody asks for it.
    """

    call: int
    kind: Kind
    at: float
    """Seconds on the run's one monotonic clock."""
    feed: Feed
    name: str
    """The operation: ``POST /v1/orders``, ``dynamodb.PutItem``, ``order.status``."""
    cases: tuple[str, ...] = ()
    """The cases it belongs to: a batch may serve several."""
    key: str | None = None
    """The entity it is about, such as an order's id."""
    held: Json = msgspec.field(default=None, name="value")
    fault: str | None = None
    """The id of the fault that was fired on it."""

    @property
    def value(self) -> Json:
        """What was seen, redacted by an allow-list before it got here. Read it once: a value
        from a file is parsed each time."""
        held = self.held
        return msgspec.json.decode(held) if isinstance(held, msgspec.Raw) else held

    @property
    def text(self) -> str:
        """The value as JSON."""
        held = self.held
        return str(held if isinstance(held, msgspec.Raw) else msgspec.json.encode(held), "utf-8")

    def line(self) -> bytes:
        """The record as a line of a file, without its end."""
        return msgspec.json.encode(self)


class _Filed(Record, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """From a file: the value isn't parsed yet."""

    held: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"null"), name="value")


_read = msgspec.json.Decoder(_Filed).decode


def parse_record(line: bytes | memoryview) -> Record:
    """The record of a line, which it keeps a hold on.

    Raises:
        ValueError: it is none. A mistake within its value may only be found when it is read.
    """
    return _read(line)
