"""One line of a history."""

from typing import Literal

from harness.model.frozen import Frozen, Json

Kind = Literal["invoke", "ok", "fail", "info"]
"""``fail``: refused, nothing happened (4xx). ``info``: may have happened (5xx, time-out, reset)."""

Feed = Literal["client", "double", "wire", "observe"]


class Record(Frozen):
    """What one feed saw at one moment.

    A call is two records with the same ``call``: its invoke and its completion; each attempt of
    an SDK call is a call. An observation (a table's stream, a bus, a topic, a log) is a single
    ``ok`` record with a ``call`` of its own.
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
    value: Json = None
    """Redacted by an allow-list before it gets here."""
    fault: str | None = None
    """The id of the fault that was fired on it."""
