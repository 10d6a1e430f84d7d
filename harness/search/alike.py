"""Which calls of a story are alike, so that failing one of them stands for failing all.

A retry does what the attempt before it did; a second order goes the way of the first, and where it
doesn't its calls are no longer alike. Calls are alike when the same function asks the same of the
same resource, is answered the same, and had asked the same right before it and goes on with the
same right after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from harness.model import Call, History

_EDGE = "-"
"""Where an invocation begins and ends."""


def kinds_of(history: History, case: str) -> Mapping[int, str]:
    """Call of a case → its kind: equal for calls that are alike.

    A call whose invocation nobody knows is told by its operation and its answer alone.
    """
    rows: dict[str, list[Call]] = {}
    kinds: dict[int, str] = {}
    for call in history.calls:
        if case not in call.start.cases or not isinstance(call.start.value, dict):
            continue
        invocation = call.start.value.get("invocation")
        if isinstance(invocation, str) and call.start.feed == "wire":
            rows.setdefault(invocation, []).append(call)
        else:
            kinds[call.start.call] = _mark([_step(call)])
    for part in (part for row in rows.values() for part in _by_entity(row)):
        steps = [_EDGE, *map(_step, part), _EDGE]
        for number, call in enumerate(part):
            kinds[call.start.call] = _mark(steps[number : number + 3])
    return kinds


def _by_entity(row: Sequence[Call]) -> Iterable[Sequence[Call]]:
    """An invocation's calls, apart for each message of its batch; a call that names no entity is
    about the one before it."""
    parts: dict[str | None, list[Call]] = {}
    key = None
    for call in row:
        key = call.start.key or key
        parts.setdefault(key, []).append(call)
    return parts.values()


def spoken_for(kinds: Sequence[str]) -> frozenset[int]:
    """The places of a row whose kind was there before: the first stands for them."""
    seen: set[str] = set()
    others = set()
    for place, kind in enumerate(kinds):
        if kind in seen:
            others.add(place)
        seen.add(kind)
    return frozenset(others)


def _step(call: Call) -> str:
    """What was asked, of what, by whom, and what came of it."""
    asked, told = call.start.value, call.end.value if call.end else None
    code = (told.get("code") or told.get("status")) if isinstance(told, dict) else None
    return " ".join(
        map(str, (asked.get("function"), call.name, asked.get("resource"), call.outcome, code))
    )


def _mark(steps: Iterable[str]) -> str:
    return sha256("\0".join(steps).encode()).hexdigest()[:12]
