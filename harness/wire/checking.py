"""Whether a fault can ever fire: said before it is injected, not found out by waiting."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from harness.faults import ANY
from harness.model import Fault
from harness.wire.errors import Contradiction, WireError
from harness.wire.misfortunes import ACTIONS
from harness.wire.models import Models
from harness.wire.partial import BATCHES
from harness.wire.stale import READS

_BEFORE_ONLY: Mapping[str, str] = {
    "throttle": "a throttled call has no effect",
    "reorder": "a call is held back on its way there",
    "stale": "a stale read is an answer of its own",
    "partial": "the part that isn't done is left out on the way there",
}
_AFTER_ONLY: Mapping[str, str] = {
    "lose": "what is lost before its effect is a reset",
    "duplicate": "a duplicate follows the effect",
}


@dataclass(frozen=True)
class Other:
    """A service beside AWS whose faults somebody else does."""

    operations: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What can be done to each of its operations; empty where they aren't known."""
    actions: Collection[str] = ()
    """What can be done to those that aren't named; empty where that isn't known."""


@dataclass(frozen=True)
class Checks:
    """What a stage has, as far as it is known: without it nothing is said of names."""

    models: Models
    functions: Collection[str] = ()
    resources: Collection[str] = ()
    others: Mapping[str, Other] = field(default_factory=dict)
    """Doubles by name, and whatever else can be failed."""

    def check(self, fault: Fault, *, placed: bool = True) -> None:
        """Refuse a fault that can't fire.

        Args:
            placed: whether its place was said; what was left out contradicts nothing.

        Raises:
            WireError: what is wrong with it, and what was perhaps meant.
        """
        at = fault.at
        if (other := self.others.get(at.service)) is not None:
            _among(at.operation, other.operations, f"{at.service} has no operation")
            doing = other.operations.get(at.operation, other.actions)
            _among(fault.do.do, doing, f"{at} can't be failed by")
            return
        if at.service != ANY:
            self._operation(fault)
        _among(fault.do.do, ACTIONS, "the wire can't do")
        if placed:
            _place(fault)
        _among(at.function, self.functions, "the stage has no function")
        _among(at.resource, self.resources, "the stage has no resource")

    def _operation(self, fault: Fault) -> None:
        at, name = fault.at, str(fault.at)
        if at.operation == ANY:
            if at.service not in self.models.services:
                self.models.operation(at.service, "")  # which says so
            return
        self.models.operation(at.service, at.operation)
        if fault.do.do == "partial" and name not in BATCHES:
            raise Contradiction(
                f"{name} is done whole or not at all: no call can match this fault",
                f"Batches that AWS may do in part: {', '.join(sorted(BATCHES))}.",
            )
        if fault.do.do == "stale" and (at.service != "dynamodb" or at.operation not in READS):
            raise Contradiction(
                f"{name} is never stale: no call can match this fault",
                f"Reads that may be: {', '.join(f'dynamodb.{r}' for r in sorted(READS))}.",
            )


def _place(fault: Fault) -> None:
    do, place = fault.do.do, fault.place
    why = _BEFORE_ONLY.get(do) if place == "after" else _AFTER_ONLY.get(do)
    if why is not None:
        other = "before" if place == "after" else "after"
        raise Contradiction(
            f"{do!r} can't be placed {place} the effect: {why}", f"Place it {other}, or leave it."
        )


def _among(name: str | None, known: Collection[str], what: str) -> None:
    """Refuse a name that isn't known, where anything is."""
    if name is None or name == ANY or not known or name in known:
        return
    raise WireError(f"{what} {name!r}{nearest(name, known)}", f"Known: {_listed(known)}.")


def nearest(name: str, known: Iterable[str]) -> str:
    """What was perhaps meant."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _listed(names: Collection[str]) -> str:
    shown = sorted(names)[:30]
    return ", ".join(shown) + (" …" if len(names) > 30 else "")
