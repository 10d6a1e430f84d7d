"""Who was at an entity when: the workers of queues, by the AWS calls that they made for it.

Two messages of one entity may be on their way at once: one whose worker was killed comes again,
while somebody who missed it had sent another. What a worker does that began before something was
known isn't what was done because of it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.laws.reading import dig
from harness.model import History
from harness.model.operations import reads

_QUEUE = "aws:sqs"


@dataclass(frozen=True, order=True)
class Step:
    """One call of a worker's."""

    at: float
    invocation: str
    writes: bool
    """Whether it changed a table."""


def steps(history: History, key: str) -> Sequence[Step]:
    """Every call that a queue's worker made for this entity, in order."""
    return history.view("workers", lambda: _by_key(history)).get(key, ())


def wrote_late(history: History, key: str, shown: float, until: float) -> bool:
    """Whether a worker that was at the entity before a write of another's, which was ``shown``
    then, changed a table after it: what a stream shows was written a while before."""
    row = steps(history, key)
    written = next((s for s in reversed(row) if s.writes and s.at <= shown), None)
    if written is None:
        return False
    begun = {s.invocation for s in row if s.at < written.at} - {written.invocation}
    return any(s.writes and s.invocation in begun for s in row if written.at < s.at <= until)


def unaware(history: History, key: str, one: float, known: float, other: float) -> bool:
    """Whether the call at ``other`` was made by another worker than the one at ``one``, which was
    at the entity already before that one, which ``known`` what became of it, had written it down.
    """
    row = steps(history, key)
    until = bisect_left(row, Step(one, "", writes=False))
    if until == 0:
        return False
    first = row[until - 1].invocation
    kept = max((s.at for s in row if s.invocation == first and s.writes and s.at > known),
               default=known)  # fmt: skip
    # Another that was at it from before that until after the call: else the same one called again.
    begun = {s.invocation for s in row if s.at < min(kept, other)} - {first}
    return any(s.invocation in begun for s in row if s.at > other)


def _by_key(history: History) -> Mapping[str, Sequence[Step]]:
    found: dict[str, list[Step]] = {}
    for call in history.calls:
        key = call.start.key or (call.end.key if call.end is not None else None)
        invocation = dig(call.start.value, "invocation")
        if key is None or call.start.feed != "wire" or not isinstance(invocation, str):
            continue
        if dig(call.start.value, "cause.kind") == _QUEUE:
            writes = call.name.startswith("dynamodb.") and not reads(call.name)
            found.setdefault(key, []).append(Step(call.start.at, invocation, writes))
    return {key: sorted(row) for key, row in found.items()}
