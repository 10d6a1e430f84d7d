"""The result of a unit that nothing was done for, and why."""

from collections.abc import Iterable
from typing import Protocol

from harness.model import Capability, UnitKind, UnitResult, Unknown, UnknownKind, Verdict


class Named(Protocol):
    """A unit, of whatever sort."""

    @property
    def id(self) -> str:
        """Its id in the evidence."""
        ...

    @property
    def title(self) -> str:
        """What it is about, in a line."""
        ...

    @property
    def kind(self) -> UnitKind:
        """The kind of check."""
        ...


def unjudged(
    unit: Named, kind: UnknownKind, why: str, lacks: Iterable[Capability] = ()
) -> UnitResult:
    """``unknown``: it wasn't begun, for that the target ``lacks`` something if it is so."""
    return UnitResult(
        unit=unit.id,
        title=unit.title,
        kind=unit.kind,
        verdict=Verdict.UNKNOWN,
        unknowns=(
            Unknown(kind=kind, what=unit.id, why=why, unit=unit.id, capabilities=tuple(lacks)),
        ),
    )
