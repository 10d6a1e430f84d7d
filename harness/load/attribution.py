"""Where the time of a journey went, from what crossed the wire.

A journey's way is followed backwards from the write that brought it where it should be: the
invocation that wrote, what caused that invocation (a message that another one sent, a change that
another one wrote, the customer's own request), and so on to the beginning. What runs beside that
way, such as telling the customer, takes none of its time. Between two invocations it waits; within
one it waits for AWS, for a third party, for the others of its batch, or for the code itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from harness.laws.reading import dig
from harness.load.journeys import Journey
from harness.model import Call, Frozen, History

_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
_SENDS = frozenset({"sqs.SendMessage", "sqs.SendMessageBatch"})


class Where(StrEnum):
    """What a journey's time is spent on."""

    GATEWAY = "gateway"
    """From the customer's request to the function behind it."""
    QUEUE = "queue wait"
    """A message, until a worker is free."""
    STREAM = "stream wait"
    """A change, until the function that follows the table has it."""
    RETRY = "retry wait"
    """A message that was tried before, until it is tried again."""
    COLD = "cold start"
    """An execution environment starting."""
    BATCH = "behind its batch"
    """The other messages of the same invocation."""
    AWS = "AWS calls"
    THIRD_PARTY = "third parties"
    CODE = "own code"
    """What remains, within an invocation; also a third party that isn't told the entity."""


class Explained(Frozen):
    """The time of some journeys, in seconds for each of them on average."""

    journeys: int = 0
    seconds: float = 0.0
    by_function: dict[str, dict[Where, float]] = Field(default_factory=dict)
    """Function → what was spent on it, or on waiting for it; in the order of the way."""
    unexplained: int = 0
    """Journeys whose way could not be followed to its beginning."""

    @property
    def by_kind(self) -> dict[Where, float]:
        """Over all functions, in the order of ``Where``."""
        return {
            kind: total
            for kind in Where
            if (total := sum(parts.get(kind, 0.0) for parts in self.by_function.values()))
        }

    @property
    def bottleneck(self) -> tuple[str, Where, float] | None:
        """The function and kind that most is spent on."""
        spent = [(f, k, s) for f, parts in self.by_function.items() for k, s in parts.items()]
        return max(spent, key=lambda each: each[2], default=None)


@dataclass(frozen=True, slots=True)
class _Step:
    """One AWS call of a function's."""

    name: str
    start: float
    end: float
    done: bool
    function: str
    invocation: str
    resource: str
    keys: tuple[str, ...]


@dataclass(slots=True)
class _Invocation:
    function: str
    source: str = ""
    cold: float = 0.0
    steps: list[_Step] = field(default_factory=list)

    @property
    def begin(self) -> float:
        return self.steps[0].start


Spent = tuple[str, Where, float]
"""Function, kind, seconds."""
_Span = tuple[float, float]


class Ways:
    """Follows journeys through one history; ``tables`` are the logical ids of what they live in."""

    def __init__(self, history: History, tables: Collection[str]) -> None:
        self._tables = frozenset(tables)
        self._invocations: dict[str, _Invocation] = {}
        self._steps: dict[str, list[_Step]] = {}
        self._third: dict[str, list[_Span]] = {}
        for call in history.calls:
            if call.start.feed == "wire":
                self._see(call)
            elif call.key and call.end is not None and _by_a_function(call):
                self._third.setdefault(call.key, []).append((call.start.at, call.end.at))

    def of(self, journey: Journey, states: Collection[str]) -> list[Spent] | None:
        """What its time was spent on, first things first; None where the way can't be followed."""
        seconds = journey.until(states)
        seen, begin = journey.call.start.at + seconds, journey.call.start.at
        steps = self._steps.get(journey.key, [])
        last = self._step_before(steps, seen)
        parts: list[list[Spent]] = []
        while last is not None:
            invocation = self._invocations[last.invocation]
            parts.append(self._within(journey.key, invocation, last))
            if invocation.source == "api":
                parts.append(_waited(invocation, begin, Where.GATEWAY))
                return [spent for part in reversed(parts) for spent in part]
            cause = self._cause(steps, invocation, last)
            if cause is None:
                return None
            kind = self._kind(steps, invocation, cause, last)
            parts.append(_waited(invocation, cause.end, kind))
            last = cause
        return None

    def _see(self, call: Call) -> None:
        value, end = call.start.value, call.end
        if not isinstance(value, dict) or end is None or not value.get("invocation"):
            return
        name, invocation = call.name, str(value["invocation"])
        known = self._invocations.get(invocation)
        if known is None:
            known = self._invocations[invocation] = _Invocation(str(value.get("function") or "?"))
            known.source = str(dig(value, "cause.kind") or "")
            cold = value.get("coldStart")
            known.cold = float(cold) if isinstance(cold, int | float) else 0.0
        keys = value.get("keys")
        own = tuple(map(str, keys)) if isinstance(keys, list) else (call.key,) if call.key else ()
        step = _Step(
            name, call.start.at, end.at, call.outcome == "ok", known.function, invocation,
            str(value.get("resource") or ""), own,
        )  # fmt: skip
        known.steps.append(step)
        for key in own:
            self._steps.setdefault(key, []).append(step)

    def _writes(self, step: _Step) -> bool:
        service, _, operation = step.name.partition(".")
        return service == "dynamodb" and operation in _WRITES and (
            step.resource in self._tables or operation.startswith(("Transact", "Batch"))
        )  # fmt: skip

    def _cause(self, steps: Sequence[_Step], invocation: _Invocation, of: _Step) -> _Step | None:
        """The call of another invocation that brought this one about."""
        others = [s for s in steps if s.invocation != of.invocation]
        if invocation.source == "aws:sqs":
            return self._last(others, invocation.begin, lambda s: s.name in _SENDS)
        return self._step_before(others, invocation.begin)

    def _step_before(self, steps: Sequence[_Step], moment: float) -> _Step | None:
        """The write that brought it on. Who follows a table and writes to it leaves marks there, or
        it would follow itself for ever: that is no step on the way, unless there is no other."""
        known = self._invocations
        moving = [s for s in steps if known[s.invocation].source != "aws:dynamodb"]
        found = self._last(moving, moment, self._writes)
        return found or self._last(steps, moment, self._writes)

    def _last(
        self, steps: Sequence[_Step], before: float, test: Callable[[_Step], bool]
    ) -> _Step | None:
        """The latest that began before a moment: its answer may still be on its way back."""
        return next((s for s in reversed(steps) if s.start < before and s.done and test(s)), None)

    def _kind(
        self, steps: Iterable[_Step], invocation: _Invocation, cause: _Step, step: _Step
    ) -> Where:
        if invocation.source != "aws:sqs":
            return Where.STREAM
        tried = any(
            s.function == step.function
            and s.invocation != step.invocation
            and cause.start < s.start < invocation.begin
            for s in steps
        )
        return Where.RETRY if tried else Where.QUEUE

    def _within(self, key: str, invocation: _Invocation, until: _Step) -> list[Spent]:
        begin, end = invocation.begin, until.end
        own: list[_Span] = []
        others: list[_Span] = []
        for step in invocation.steps:
            if step.start < end:
                (own if not step.keys or key in step.keys else others).append(
                    (step.start, step.end)
                )
        layers = (
            (Where.THIRD_PARTY, self._third.get(key, [])),
            (Where.AWS, own),
            (Where.BATCH, _hull(others, own)),
        )
        spent = shares(begin, end, layers)
        return [(invocation.function, kind, seconds) for kind, seconds in spent.items()]


def _by_a_function(call: Call) -> bool:
    return call.start.feed == "double" and dig(call.start.value, "function") is not None


def _hull(others: Sequence[_Span], own: Sequence[_Span]) -> list[_Span]:
    """Others of a batch come before and after one's own part, their code as well as their calls."""
    if not others:
        return []
    first = min(start for start, _ in own)
    before = [s for s in others if s[1] <= first]
    return [*others, (min(s for s, _ in before), first)] if before else list(others)


def _waited(invocation: _Invocation, since: float, kind: Where) -> list[Spent]:
    gap = max(0.0, invocation.begin - since)
    cold = min(gap, invocation.cold)
    return [(invocation.function, Where.COLD, cold), (invocation.function, kind, gap - cold)]


def shares(
    begin: float, end: float, layers: Iterable[tuple[Where, Iterable[_Span]]]
) -> dict[Where, float]:
    """How the time from ``begin`` to ``end`` divides: each moment belongs to the first layer that
    covers it, else to the code."""
    spent: dict[Where, float] = {}
    left: list[_Span] = [(begin, end)] if end > begin else []
    for kind, spans in layers:
        free: list[_Span] = []
        for gap in left:
            covered, rest = _cut(gap, spans)
            spent[kind] = spent.get(kind, 0.0) + covered
            free += rest
        left = free
    spent[Where.CODE] = sum(stop - start for start, stop in left)
    return {kind: seconds for kind, seconds in spent.items() if seconds > 0}


def _cut(gap: _Span, spans: Iterable[_Span]) -> tuple[float, list[_Span]]:
    """How much of a gap the spans cover, and what they leave of it."""
    at, end = gap
    covered, rest = 0.0, []
    for start, stop in sorted(spans):
        start, stop = max(start, at), min(stop, end)  # noqa: PLW2901 (the part within)
        if stop <= start:
            continue
        if start > at:
            rest.append((at, start))
        covered += stop - start
        at = stop
    if at < end:
        rest.append((at, end))
    return covered, rest


def explained(ways: Ways, some: Iterable[Journey], states: Collection[str]) -> Explained:
    """The time of these journeys, as far as it can be told."""
    totals: dict[str, dict[Where, float]] = {}
    told = lost = 0
    for journey in some:
        spent = ways.of(journey, states)
        if spent is None:
            lost += 1
            continue
        told += 1
        for function, kind, seconds in spent:
            parts = totals.setdefault(function, {})
            parts[kind] = parts.get(kind, 0.0) + seconds
    means = {f: _means(parts, told) for f, parts in totals.items()}
    return Explained(
        journeys=told,
        seconds=round(sum(s for parts in means.values() for s in parts.values()), 4),
        by_function={f: parts for f, parts in means.items() if parts},
        unexplained=lost,
    )


def _means(parts: Mapping[Where, float], count: int) -> dict[Where, float]:
    return {kind: round(total / count, 4) for kind, total in parts.items() if total >= 5e-5 * count}


def slowest(some: Sequence[Journey], states: Collection[str], share: float) -> Iterator[Journey]:
    """The share of them that took longest, of those that got there; one at least."""
    there = [j for j in some if j.until(states) < float("inf")]
    count = max(1, round(len(there) * share))
    yield from sorted(there, key=lambda j: j.until(states))[-count:]
