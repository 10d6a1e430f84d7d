"""What became of each journey, out of a history: pure, so that a recorded one can be told again."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.laws.entities import accepted, lives
from harness.laws.reading import dig
from harness.model import Call, Frozen, History


class Statistics(Frozen):
    """Of some durations, in seconds; None where there is none, or where it never ended."""

    count: int = 0
    never: int = 0
    """How many never ended; they count as the longest."""
    mean: float | None = None
    """Of those that ended."""
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None


class Requests(Frozen):
    """How one operation was answered."""

    operation: str
    count: int
    refused: int
    """4xx."""
    failed: int
    """5xx, or no answer."""
    seconds: Statistics


@dataclass(frozen=True)
class Journey:
    """One accepted request and what it made."""

    key: str
    call: Call
    reached: Mapping[str, float]
    """State → when it was first seen in it."""
    last: str | None
    """Where it was seen last."""

    def until(self, states: Collection[str]) -> float:
        """Seconds from the request to the first of these states; infinite if it never got there."""
        ends = [at for state, at in self.reached.items() if state in states]
        return min(ends) - self.call.start.at if ends else math.inf


def journeys(history: History, begins: Iterable[str], entity: str) -> list[Journey]:
    """Every journey that an accepted request began, in the order of the requests."""
    known = lives(history, entity)
    found = [
        Journey(
            key, call, dict(known[key].reached) if key in known else {},
            known[key].last.after if key in known else None,
        )
        for key, call in accepted(history, begins).items()
    ]  # fmt: skip
    return sorted(found, key=lambda j: j.call.start.at)


def statistics(seconds: Iterable[float]) -> Statistics:
    """Nearest-rank percentiles; an infinite duration is one that never ended."""
    ordered = sorted(seconds)
    if not ordered:
        return Statistics()
    ended = [s for s in ordered if math.isfinite(s)]
    return Statistics(
        count=len(ordered),
        never=len(ordered) - len(ended),
        mean=round(sum(ended) / len(ended), 4) if ended else None,
        p50=_told(percentile(ordered, 50)),
        p95=_told(percentile(ordered, 95)),
        p99=_told(percentile(ordered, 99)),
        longest=_told(ordered[-1]),
    )


def percentile(ordered: Sequence[float], of: float) -> float:
    """The nearest-rank percentile of ascending values: the least that so many percent keep to."""
    return ordered[max(0, math.ceil(len(ordered) * of / 100) - 1)]


def _told(seconds: float) -> float | None:
    return round(seconds, 4) if math.isfinite(seconds) else None


def requests(history: History, identities: Collection[str]) -> list[Requests]:
    """The operations that these customers asked for, by name."""
    by_name: dict[str, list[Call]] = {}
    for call in _of(history, identities):
        by_name.setdefault(call.name, []).append(call)
    return [
        Requests(
            operation=name,
            count=len(calls),
            refused=sum(c.outcome == "fail" for c in calls),
            failed=sum(c.outcome == "info" for c in calls),
            seconds=statistics(_seconds(c) for c in calls),
        )
        for name, calls in sorted(by_name.items())
    ]


def errors(history: History, identities: Collection[str]) -> dict[str, int]:
    """What went wrong with their requests, and how often: ``POST /v1/orders: 503``."""
    counted = Counter(
        f"{call.name}: {_why(call)}" for call in _of(history, identities) if call.outcome != "ok"
    )
    return dict(counted.most_common())


def _of(history: History, identities: Collection[str]) -> Iterator[Call]:
    for call in history.calls:
        if call.start.feed == "client" and dig(call.start.value, "identity") in identities:
            yield call


def _seconds(call: Call) -> float:
    """As its customer's own process measured it."""
    told = dig(call.end.value, "seconds") if call.end else None
    return float(told) if isinstance(told, int | float) else math.inf


def _why(call: Call) -> str:
    if call.end is None:
        return "no answer yet"
    value = call.end.value
    status, reason, kind = (dig(value, n) for n in ("status", "reason", "body.type"))
    if status is None:
        return str(reason or "no answer")
    return f"{status} {str(kind).rsplit('/', 1)[-1]}" if isinstance(kind, str) else str(status)
