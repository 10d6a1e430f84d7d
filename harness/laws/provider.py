"""Calls to a dependency as their caller experienced them."""

from dataclasses import dataclass
from enum import Enum, auto

from harness.laws.reading import answer, status
from harness.model import GONE, Call, History

_BROKEN = frozenset(("malformed", "truncated", "kill"))
"""How a double spoils an answer that only the caller can judge, or ends the caller."""
_NEARLY = 0.8
_FAR = float("inf")


class Fate(Enum):
    """What the caller got."""

    FAILED = auto()
    """Time-out, reset, 429 or 5xx."""
    PASSED = auto()
    """An answer, be it a refusal (any other 4xx)."""
    MAYBE = auto()
    """It can't be told from outside."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call, its fate, and when its caller knew."""

    call: Call
    fate: Fate
    known: float
    """Seconds on the history's clock; infinite while open."""

    @property
    def began(self) -> float:
        """When it reached the dependency."""
        return self.call.start.at

    @property
    def environment(self) -> str | None:
        """The execution environment that called."""
        found = answer(self.call, "environment")
        return None if found is None else str(found)


def attempts(history: History, names: tuple[str, ...], timeout: float | None) -> list[Attempt]:
    """All calls of these names in the order in which they began."""
    found = [attempt(c, timeout) for name in names for c in history.calls_of(name)]
    return sorted(found, key=lambda a: (a.began, a.call.start.call))


def attempt(call: Call, timeout: float | None) -> Attempt:
    """``timeout`` is the caller's own, in seconds: what took longer failed for the caller."""
    end = call.end
    if timeout is not None and (end is None or end.at - call.start.at >= timeout):
        return Attempt(call, Fate.FAILED, call.start.at + timeout)
    if end is None:
        return Attempt(call, Fate.MAYBE, _FAR)
    if timeout is not None:
        nearly = end.at - call.start.at >= timeout * _NEARLY
        # Who had gone before its time was up began earlier than it was seen: nobody knows when.
        early = answer(call, "reason") == GONE and not nearly
        if early or (nearly and end.kind == "ok"):
            return Attempt(call, Fate.MAYBE, end.at)
    return Attempt(call, _fate(call), end.at)


def _fate(call: Call) -> Fate:
    code, reason = status(call), answer(call, "reason")
    if reason in _BROKEN:
        return Fate.MAYBE
    if code is not None and (code == 429 or code >= 500):
        return Fate.FAILED
    return Fate.FAILED if call.outcome == "info" else Fate.PASSED
