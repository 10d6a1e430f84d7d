"""What running one unit gave."""

from typing import Literal

from pydantic import Field

from harness.model.finding import Finding, Unknown
from harness.model.frozen import Frozen
from harness.model.stage import Capability
from harness.model.verdict import Verdict

UnitKind = Literal[
    "examples",
    "boundaries",
    "positive",
    "negative",
    "identities",
    "stateful",
    "scenario",
    "produced",
    "consumed",
]


class CaseCount(Frozen):
    """How much was tried."""

    ran: int = 0
    counted: int = 0
    """Cases that count towards the budget: all their planned faults fired."""
    not_reached: int = 0
    entities: int = 0
    faults_planned: int = 0
    faults_fired: int = 0


class Admission(Frozen):
    """How one kind of caller was answered by one operation."""

    outcome: str
    """A status, or a GraphQL error's code."""
    met: bool
    """Whether it was let in, or turned away, as it should be."""


class UnitResult(Frozen):
    """The verdict of one unit, with what supports it."""

    unit: str
    title: str
    kind: UnitKind
    verdict: Verdict
    cases: CaseCount = CaseCount()
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    """Findings that the baseline has: they don't make the unit fail."""
    unknowns: tuple[Unknown, ...] = ()
    statuses: dict[str, dict[str, int]] = Field(default_factory=dict)
    """operation → status → answers seen."""
    paced: tuple[str, ...] = ()
    """Those of them that depend on how fast it is asked: what a limit answers."""
    leans: tuple[Capability, ...] = ()
    """What the answers depend on by the unit's nature, whichever target it is run on."""
    digest: str = ""
    """Of the drawn cases: the same seed gives the same digest on every target."""
    admissions: dict[str, Admission] = Field(default_factory=dict)
    """Of an identities unit: kind of caller → how it was answered."""
    laws: dict[str, Verdict] = Field(default_factory=dict)
    times: dict[str, float] = Field(default_factory=dict)
    """What a scenario measured, by name, in seconds."""
    worker: str = ""
