"""Where a story's faults can happen: calls of functions to AWS, to doubles and to the front, and
what doubles send."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from harness.faults import Counting
from harness.model import Frozen, History, PerKey, Point, Record, which
from harness.search.alike import kinds_of
from harness.wire import FaultPoint, points_of

FRONT = "appsync"
"""What faults call the GraphQL front."""


class Spot(Frozen):
    """One call of a case, told apart from every other by data that a replay has, too."""

    to: Literal["aws", "double", "front"]
    at: Point
    nth: int
    """Which call at this point, from 1: of one entity's, or of the case's if it names none."""
    per_key: PerKey = False
    in_case: int = 0
    """Which of the case's calls at this point it was, the last time."""
    shared: bool = False
    """Whether further entities make the same call."""
    consistent: bool = False
    token: bool = False
    kind: str = ""
    """What it has in common with calls that are alike (``harness.search.alike``); empty: alone."""

    def __str__(self) -> str:
        return f"{self.caller}: {self.at.what} {which(self.nth, self.per_key)}"

    @property
    def caller(self) -> str:
        """The function that makes the call; for what a double sends, the double."""
        return self.at.function or self.at.service

    @property
    def place(self) -> tuple[object, ...]:
        """What tells it apart, in every recording."""
        at = self.at.model_dump_json()
        return self.to, at, self.nth, self.per_key, self.consistent, self.token

    @property
    def point(self) -> FaultPoint:
        """As the wire has it."""
        return FaultPoint(
            self.at, self.nth, self.per_key, consistent=self.consistent, token=self.token
        )


def spots_of(history: History, case: str) -> tuple[Spot, ...]:
    """The spots of a case that was played without faults, in the order of their calls, by kind.

    The same call of several entities is one spot, and the first that gets there makes it; another's
    that is of a kind of its own is one, too, by its number within the case.
    """
    kinds = kinds_of(history, case)
    calls = (
        *(
            Spot(
                to="aws", at=p.at, nth=p.nth, per_key=p.per_key, in_case=p.in_case,
                consistent=p.consistent, token=p.token, kind=kinds.get(p.call, ""),
            )
            for p in points_of(history, case)
        ),
        *_numbered("double", _of_doubles(history, case), kinds),
        *_numbered("front", _of_front(history, case), kinds),
    )  # fmt: skip
    spots: dict[object, Spot] = {}
    for call in calls:
        first = spots.setdefault(call.place, call)
        if first is not call:
            spots[call.place] = first.model_copy(update={"shared": True})
    known = {spot.kind for spot in spots.values()}
    for call in calls:
        if call.kind and call.kind not in known:
            other = call.model_copy(update={"nth": call.in_case, "per_key": False})
            spots[other.place] = other
            known.add(call.kind)
    return tuple(spots.values())


def _of_doubles(history: History, case: str) -> Iterator[tuple[Record, Point]]:
    """Calls to doubles and what doubles send; further attempts of an SDK call are no further
    calls."""
    for record in _invokes(history, case, "double"):
        if record.value.get("attempt", 1) == 1:
            service, _, operation = record.name.partition(".")
            yield record, Point(service=service, operation=operation)


def _of_front(history: History, case: str) -> Iterator[tuple[Record, Point]]:
    """What functions ask of the front; our own clients tell of themselves, without a mode."""
    for record in _invokes(history, case, "client"):
        if record.name.startswith("mutation ") and "mode" in record.value:
            yield record, Point(service=FRONT, operation=record.name.partition(" ")[2])


def _invokes(history: History, case: str, feed: Literal["double", "client"]) -> Iterator[Record]:
    for record in history.select(feed=feed):
        if record.kind == "invoke" and case in record.cases and isinstance(record.value, dict):
            yield record


def _numbered(
    to: Literal["double", "front"],
    points: Iterable[tuple[Record, Point]],
    kinds: Mapping[int, str],
) -> Iterator[Spot]:
    counting = Counting()
    for record, at in points:
        counted = counting.next(str(at), record.key)
        yield Spot(to=to, at=at, **counted._asdict(), kind=kinds.get(record.call, ""))
