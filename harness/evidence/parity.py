"""Two runs with the same seed on two targets: where they differ, and what explains it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.evidence.conclusion import WHOLE
from harness.model import Capability, Measured, UnitResult, Unknown, UnknownKind, Verdict, worst


@dataclass(frozen=True)
class Side:
    """One target's run."""

    target: str
    results: tuple[UnitResult, ...]
    capabilities: Mapping[Capability, Measured]


@dataclass(frozen=True)
class Difference:
    """One unit that didn't go the same way on both."""

    unit: str
    what: str
    """What differs, this side and that."""
    by: tuple[Capability, ...] = ()
    """The capabilities that explain it: a unit or law named them beforehand, and they were measured
    to differ. What a unit leans on explains its answers alone, no verdict and no other cases.
    Without any it is unexplained, which is a failure."""


@dataclass
class _Unit:
    """A unit's results on one side, of all workers."""

    verdict: Verdict
    digest: str
    leans: tuple[Capability, ...] = ()
    statuses: dict[str, set[str]] = field(default_factory=dict)
    unknowns: list[Unknown] = field(default_factory=list)


def differences(here: Side, there: Side) -> list[Difference]:
    """Unit by unit: verdicts, cases, answers. Empty where the two can't be told apart."""
    ours, theirs = _units(here), _units(there)
    told = []
    for unit in sorted({*ours, *theirs}):
        a, b = ours.get(unit), theirs.get(unit)
        if a is None or b is None:
            side = here.target if b is None else there.target
            told.append(Difference(unit, f"was judged on {side} alone"))
            continue
        named = _reasons([*a.unknowns, *b.unknowns], here, there)
        for what in _apart(a, b, here.target, there.target):
            told.append(Difference(unit, what, named))
        leaning = _leaning([*a.leans, *b.leans], here, there)
        for what in _answers(a, b, here.target, there.target):
            told.append(Difference(unit, what, (*named, *leaning)))
    return told


def _apart(a: _Unit, b: _Unit, here: str, there: str) -> Iterator[str]:
    if a.verdict is not b.verdict:
        yield f"{a.verdict.value} on {here}, {b.verdict.value} on {there}"
    if a.digest != b.digest:
        yield "the same seed drew other cases"


def _answers(a: _Unit, b: _Unit, here: str, there: str) -> Iterator[str]:
    for operation in sorted({*a.statuses, *b.statuses}):
        ours, theirs = a.statuses.get(operation, set()), b.statuses.get(operation, set())
        if ours != theirs:
            only = [
                f"{', '.join(sorted(seen))} on {side} alone"
                for seen, side in ((ours - theirs, here), (theirs - ours, there))
                if seen
            ]
            yield f"{operation} answered {'; '.join(only)}"


def _reasons(unknowns: list[Unknown], here: Side, there: Side) -> tuple[Capability, ...]:
    """Capabilities that were named in these and that only one of the two has."""
    named = [u.why for u in unknowns if u.kind is UnknownKind.CAPABILITY]
    return tuple(
        c
        for c in Capability
        if _has(here, c) is not _has(there, c)
        and any(_names(why, c, side) for why in named for side in (here, there))
    )


def _leaning(leans: list[Capability], here: Side, there: Side) -> tuple[Capability, ...]:
    """What the unit's answers depend on by its nature, and only one of the two has."""
    return tuple(c for c in dict.fromkeys(leans) if _has(here, c) is not _has(there, c))


def _names(why: str, capability: Capability, side: Side) -> bool:
    measured = side.capabilities.get(capability)
    return f"({capability})" in why or (measured is not None and measured.how in why)


def _has(side: Side, capability: Capability) -> bool:
    measured = side.capabilities.get(capability)
    return measured is not None and measured.has


def _units(side: Side) -> dict[str, _Unit]:
    found: dict[str, _Unit] = {}
    for result in side.results:
        whole = result.unit.partition("-")[0] == WHOLE
        name = WHOLE if whole else result.unit
        digest = "" if whole else result.digest
        unit = found.setdefault(name, _Unit(result.verdict, digest, result.leans))
        unit.verdict = worst([unit.verdict, result.verdict])
        unit.unknowns += result.unknowns
        for operation, seen in result.statuses.items():
            unit.statuses.setdefault(operation, set()).update(seen.keys() - {*result.paced})
    return found
