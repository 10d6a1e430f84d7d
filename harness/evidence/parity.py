"""Two runs with the same seed on two targets: where they differ, and what explains it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.evidence.conclusion import WHOLE, one_whole
from harness.model import Capability, Measured, UnitResult, Unknown, UnknownKind, Verdict, worst

Reasons = tuple[Capability, ...]


@dataclass(frozen=True)
class Side:
    """One target's run."""

    target: str
    results: tuple[UnitResult, ...]
    capabilities: Mapping[Capability, Measured]

    def can(self, capability: Capability) -> bool:
        """Whether the target was measured to do this."""
        measured = self.capabilities.get(capability)
        return measured is not None and measured.has


@dataclass(frozen=True)
class Difference:
    """One unit that didn't go the same way on both."""

    unit: str
    what: str
    """What differs, this side and that."""
    by: Reasons = ()
    """The capabilities that explain just this: the unit or a law of it named them beforehand, on
    the side that was measured to lack them, and the other has them. Without any it is unexplained,
    which is a failure.

    What a unit couldn't judge explains that it has no verdict there, and never a failure on the
    other side; what it excused of an operation's answers explains that operation's answers; what it
    leans on explains its answers, but for a server's failure, and its cases only where they follow
    from answers."""


@dataclass
class _Unit:
    """A unit's results on one side, of all workers."""

    side: Side
    verdict: Verdict
    digest: str
    follows: bool
    """Whether its next request depends on the last answer."""
    leans: Reasons = ()
    statuses: dict[str, set[str]] = field(default_factory=dict)
    unknowns: list[Unknown] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether anything was done for it."""
        return self.verdict is not Verdict.UNKNOWN or bool(self.digest or self.statuses)

    def excused(self, other: Side) -> Reasons:
        """Why it has no verdict here and may have one on the other side."""
        if self.verdict is not Verdict.UNKNOWN or any(not u.excused for u in self.unknowns):
            return ()
        return _apart(self.unknowns, self.side, other)

    def in_other_words(self, operation: str, other: Side) -> tuple[Reasons, set[str]]:
        """What makes this side answer an operation in words of its own, and which these are."""
        some = [u for u in self.unknowns if u.answer is not None and u.answer[0] == operation]
        return _apart(some, self.side, other), {u.answer[1] for u in some if u.answer}


def differences(here: Side, there: Side) -> list[Difference]:
    """Unit by unit: verdicts, cases, answers. Empty where the two can't be told apart."""
    ours, theirs = _units(here), _units(there)
    told: list[Difference] = []
    for unit in sorted({*ours, *theirs}):
        a, b = ours.get(unit), theirs.get(unit)
        if a is None or b is None:
            side = here.target if b is None else there.target
            told.append(Difference(unit, f"was judged on {side} alone"))
            continue
        told += [Difference(unit, what, tuple(by)) for what, by in _between(unit, a, b)]
    return told


def _between(unit: str, a: _Unit, b: _Unit) -> Iterator[tuple[str, Iterable[Capability]]]:
    here, there = a.side, b.side
    if a.verdict is not b.verdict:
        told = f"{a.verdict.value} on {here.target}, {b.verdict.value} on {there.target}"
        failed = Verdict.FAIL in (a.verdict, b.verdict)
        yield told, () if failed else (*a.excused(there), *b.excused(here))
    if not (a.begun and b.begun):
        return  # of what wasn't done there is nothing to compare
    leaning = tuple(c for c in dict.fromkeys((*a.leans, *b.leans)) if here.can(c) != there.can(c))
    if a.digest != b.digest:
        yield "the same seed drew other cases", leaning if a.follows else ()
    for operation in sorted({*a.statuses, *b.statuses}):
        if _is_on_the_way(unit, operation) and not (
            operation in a.statuses and operation in b.statuses
        ):
            continue  # whether it had to be made first depends on who had made one before
        only_a = a.statuses.get(operation, set()) - b.statuses.get(operation, set())
        only_b = b.statuses.get(operation, set()) - a.statuses.get(operation, set())
        if only_a or only_b:
            by = (*_answers(a, b, operation), *_answers(b, a, operation))
            # Which refusal it is depends on who refuses; that a server fails doesn't.
            refused = not any(status.startswith("5") for status in only_a | only_b)
            yield (
                f"{operation} answered {_alone(only_a, here, only_b, there)}",
                by or (leaning if refused else ()),
            )


def _is_on_the_way(unit: str, operation: str) -> bool:
    """Whether a unit of a contract asks this for something to try its own operation with."""
    _, _, rest = unit.partition("::")
    own, _, kind = rest.rpartition("::")
    return bool(kind and own) and own != operation


def _answers(mine: _Unit, other: _Unit, operation: str) -> Reasons:
    """What explains how an operation was answered here and not there: nothing, if it was answered
    here with something else than what was excused, too."""
    reasons, words = mine.in_other_words(operation, other.side)
    alone = mine.statuses.get(operation, set()) - other.statuses.get(operation, set())
    return reasons if alone <= words else ()


def _alone(ours: set[str], here: Side, theirs: set[str], there: Side) -> str:
    return "; ".join(
        f"{', '.join(sorted(seen))} on {side.target} alone"
        for seen, side in ((ours, here), (theirs, there))
        if seen
    )


def _apart(unknowns: Iterable[Unknown], side: Side, other: Side) -> Reasons:
    """Capabilities that these name, and that this side lacks and the other has."""
    named = (c for u in unknowns if u.kind is UnknownKind.CAPABILITY for c in u.capabilities)
    return tuple(c for c in dict.fromkeys(named) if other.can(c) and not side.can(c))


def _units(side: Side) -> dict[str, _Unit]:
    found: dict[str, _Unit] = {}
    for result in one_whole(side.results, partial=False):
        digest = "" if result.unit == WHOLE else result.digest
        new = _Unit(side, result.verdict, digest, result.kind == "stateful", result.leans)
        unit = found.setdefault(result.unit, new)
        unit.verdict = worst([unit.verdict, result.verdict])
        unit.unknowns += result.unknowns
        for operation, seen in result.statuses.items():
            unit.statuses.setdefault(operation, set()).update(seen.keys() - {*result.paced})
    return found
