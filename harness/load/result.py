"""What a load leaves as evidence, and its verdict."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import Field

from harness.config import LoadSettings, SpanSettings
from harness.load.attribution import Explained
from harness.load.journeys import Journey, Requests, Statistics, statistics
from harness.load.machine import Machine
from harness.model import Finding, Frozen, UnitResult, Unknown, UnknownKind, Verdict, worst


class Span(Frozen):
    """How long journeys took to get somewhere, beside what they may take."""

    name: str
    to: tuple[str, ...]
    required: float
    """Seconds that p99 must keep to."""
    aim: float | None
    took: Statistics

    @property
    def kept(self) -> bool:
        """Whether it does."""
        return self.took.p99 is not None and self.took.p99 < self.required

    @property
    def aimed(self) -> bool | None:
        """Whether it keeps to what is aimed at; None where nothing is."""
        if self.aim is None:
            return None
        return self.took.p99 is not None and self.took.p99 < self.aim


class Down(Frozen):
    """An outage as it happened; seconds on the clock of the history."""

    service: str
    began: float
    ended: float
    fired: int
    """Calls that it failed."""


class LoadResult(Frozen):
    """The verdict of a load, and all that supports it."""

    run: str
    application: str
    target: str
    seed: int
    users: int
    wanted: int
    """Journeys."""
    begun: int
    """That were accepted."""
    ended: int
    """That came to their end."""
    resting: dict[str, int] = Field(default_factory=dict)
    """State → journeys that were seen there last."""
    seconds: float
    """From the first request to the last user's end."""
    success: float
    """The least share of journeys that must come to their end."""
    spans: tuple[Span, ...]
    requests: tuple[Requests, ...]
    errors: dict[str, int]
    """What went wrong with requests and journeys → how often."""
    all: Explained
    slowest: Explained
    """Of the slowest journeys."""
    slowest_share: float
    outage: Down | None = None
    machine: Machine
    environments: dict[str, int] = Field(default_factory=dict)
    laws: dict[str, Verdict] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    verdict: Verdict = Verdict.UNKNOWN
    evidence: str = ""

    @property
    def share(self) -> float:
        """Of the journeys that were wanted, those that came to their end."""
        return self.ended / self.wanted if self.wanted else 0.0


def spans(settings: Mapping[str, SpanSettings], some: Sequence[Journey]) -> tuple[Span, ...]:
    """Each span that is measured, of these journeys."""
    return tuple(
        Span(
            name=name, to=span.to, required=span.p99, aim=span.aim,
            took=statistics(j.until(span.to) for j in some),
        )
        for name, span in settings.items()
    )  # fmt: skip


def ended(some: Iterable[Journey], states: Sequence[str]) -> int:
    """How many came to their end."""
    return sum(j.until(states) < math.inf for j in some)


def resting(some: Iterable[Journey]) -> dict[str, int]:
    """Where they were seen last, and how many."""
    counted: dict[str, int] = {}
    for journey in some:
        state = journey.last or "nowhere"
        counted[state] = counted.get(state, 0) + 1
    return dict(sorted(counted.items()))


def judged(result: LoadResult, whole: UnitResult, settings: LoadSettings) -> LoadResult:
    """The result with its verdict: what the laws say of the history, and the figures to keep to."""
    findings = (*whole.findings, *_missed(result))
    unknowns = (*whole.unknowns, *result.unknowns, *_short(result))
    blocking = [Verdict.UNKNOWN for u in unknowns if not u.excused]
    verdict = Verdict.FAIL if findings else worst([Verdict.PASS, *blocking])
    known = {
        "laws": whole.laws, "findings": findings, "unknowns": unknowns, "verdict": verdict
    }  # fmt: skip
    return result.model_copy(update=known)


def _missed(result: LoadResult) -> Iterator[Finding]:
    again = f"stageproof load --users {result.users} --journeys {result.wanted}"
    again += f" --seed {result.seed}"
    for span in result.spans:
        if span.took.count and not span.kept:
            took = "never" if span.took.p99 is None else f"{span.took.p99:.1f} s"
            yield Finding(
                law="load",
                title=f"{span.name}: p99 is {took}, {span.required:g} s are required",
                detail=f"{span.took.never} of {span.took.count} never got there",
                reproduce=again,
            )
    if result.begun == result.wanted and result.share < result.success:
        yield Finding(
            law="load",
            title=f"{result.ended} of {result.wanted} journeys came to their end "
            f"({result.share:.1%}), {result.success:.1%} are required",
            detail=", ".join(f"{n} {state}" for state, n in result.resting.items()),
            reproduce=again,
        )


def _short(result: LoadResult) -> Iterator[Unknown]:
    if result.begun < result.wanted:
        yield Unknown(
            kind=UnknownKind.BUDGET,
            what="journeys",
            why=f"{result.begun} of {result.wanted} were accepted: see the errors",
        )
    if result.outage is not None and not result.outage.fired:
        yield Unknown(
            kind=UnknownKind.BUDGET, what=f"the outage of {result.outage.service}",
            why="it failed no call",
        )  # fmt: skip
