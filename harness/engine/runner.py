"""Runs a scenario: draws cases, plays them on a stage, lets the laws judge what was recorded."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import just, tuples

from harness.engine.blindness import blinded, sighted, unjudgeable
from harness.engine.lacking import lacking, told
from harness.engine.playing import play
from harness.engine.scenario import Scenario, ScenarioUnit
from harness.engine.seeds import CasesDigest, unit_seed
from harness.engine.stage import Stage
from harness.engine.unjudged import unjudged
from harness.model import (
    CaseCount,
    Finding,
    Judgement,
    Plan,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
    undecided,
    worst,
)

_SPARE = 2
"""Cases drawn beyond the budget, to make up for those whose fault didn't fire."""

_SHRINK_SECONDS = 45.0
"""A case takes seconds on a real stage, so shrinking ends by the clock; the smallest stays."""


class CaseFailed(Exception):
    """One case broke a law; what Hypothesis shrinks."""


@dataclass(frozen=True)
class Failure:
    """The smallest case that failed."""

    case: str
    drawn: object
    plan: Plan
    findings: tuple[Finding, ...]


@dataclass
class ScenarioRun:
    """One scenario on one stage."""

    unit: ScenarioUnit
    stage: Stage
    run_seed: int
    logs: Callable[[float, float, Iterable[str]], tuple[str, ...]]
    case_ended: Callable[[str, bool], None] = lambda case, passed: None
    keep: Callable[[Failure], str | None] = lambda failure: None
    """Leaves the smallest failing case for later; gives the command that plays it again."""
    _drawn: int = 0
    _ran: int = 0
    _counted: int = 0
    _not_reached: list[str] = field(default_factory=list)
    _planned: int = 0
    _fired: int = 0
    _entities: set[str] = field(default_factory=set)
    _judged: list[Judgement] = field(default_factory=list)
    _failure: Failure | None = None
    _failed_at: float | None = None
    _digest: CasesDigest = field(default_factory=CasesDigest)

    @property
    def _scenario(self) -> Scenario:
        return self.unit.scenario

    def result(self) -> UnitResult:
        """Run it to its verdict."""
        start = time.monotonic()
        if lacks := lacking(self.unit, self.stage.deployed):
            return unjudged(self.unit, UnknownKind.CAPABILITY, told(lacks), lacks)
        self.stage.times.clear()
        # What it raises is either ours, already kept in `_failure`, or Hypothesis being unsure
        # whether a case on a real stage fails every time: the smallest failure kept is the answer.
        with suppress(CaseFailed, HypothesisException):
            self._draw()
        return self._summary(time.monotonic() - start)

    def _draw(self) -> None:
        budget = self._scenario.budget
        faults = self._scenario.faults
        drawn = tuples(self._scenario.work, just(Plan()) if faults is None else faults)

        @seed(unit_seed(self.run_seed, self.unit.id))
        @settings(
            max_examples=1 + budget.cases + _SPARE,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(drawn)
        def each(example: tuple[object, Plan]) -> None:
            self._one(*example)

        each()

    def _one(self, work: object, plan: Plan) -> None:
        # Raised in one place only: Hypothesis takes failures from two lines for two bugs.
        if not self._passes(work, plan):
            raise CaseFailed

    def _passes(self, work: object, plan: Plan) -> bool:
        if self._failure is None:
            self._drawn += 1
            # Hypothesis draws the smallest example first, whatever the seed: it says little.
            if self._drawn == 1 or self._counted >= self._scenario.budget.cases:
                return True
            self._digest.add((work, plan.model_dump_json()))
        elif self._again(work, plan):
            return False
        elif self._failed_at is not None and time.monotonic() > self._failed_at + _SHRINK_SECONDS:
            return True
        self._ran += 1
        case = f"{self.unit.id}#{self._ran}"
        findings, missed = self._play(case, work, plan)
        if findings:
            self._failed_at = self._failed_at or time.monotonic()
            self._failure = Failure(case, work, plan, findings)
        elif self._failure is None:
            self._count(case, plan, missed)
        self.case_ended(case, not findings)
        return not findings

    def _again(self, work: object, plan: Plan) -> bool:
        """Hypothesis shows its smallest failing case once more; it needn't be played again."""
        kept = self._failure
        return kept is not None and repr(kept.drawn) == repr(work) and kept.plan == plan

    def _count(self, case: str, plan: Plan, missed: str) -> None:
        if missed:
            self._not_reached.append(f"{case}: {missed} didn't fire")
        else:
            self._counted += 1
        self._planned += len(plan.faults)

    def _play(self, case: str, work: object, plan: Plan) -> tuple[tuple[Finding, ...], str]:
        """What was found, and what should have gone wrong and didn't."""
        start = self.stage.recorder.now()
        laws = sighted(self._scenario.laws, self.stage)
        played = play(self.unit, self.stage, case, work, plan, laws)
        self._fired += len(played.fired)
        self._entities.update(
            r.key for r in played.history.records if r.key and r.feed == "client" and r.kind == "ok"
        )
        if self._failure is None:
            self._judged.extend(played.judgements)
        missed = ", ".join(played.silent) or ("" if self._has_faults(plan) else "a planned fault")
        return self._explained(played.findings, case, start), missed

    def _has_faults(self, plan: Plan) -> bool:
        """A plan without faults shows nothing of a scenario that is about them."""
        return self._scenario.faults is None or bool(plan.faults)

    def _explained(
        self, findings: Iterable[Finding], case: str, start: float
    ) -> tuple[Finding, ...]:
        end = self.stage.recorder.now()
        return tuple(
            f.model_copy(
                update={
                    "unit": self.unit.id,
                    "cases": f.cases or (case,),
                    "logs": f.logs or self.logs(start, end, f.keys),
                    "reproduce": f.reproduce or self._command(),
                }
            )
            for f in findings
        )

    def _command(self) -> str:
        return f"stageproof verify --seed {self.run_seed} -k '{self._scenario.name}'"

    def _summary(self, seconds: float) -> UnitResult:
        laws = self._by_law()
        findings = self._findings()
        unknowns = [
            *self._shortfalls(laws), *self._silent(), *undecided(self._judged, self.unit.id),
            *unjudgeable(blinded(self._scenario.laws, self.stage), self.unit.id),
        ]  # fmt: skip
        blocking = [Verdict.UNKNOWN for u in unknowns if not u.excused]
        verdict = Verdict.FAIL if findings else worst([Verdict.PASS, *blocking])
        return UnitResult(
            unit=self.unit.id,
            title=self._scenario.title,
            kind="scenario",
            verdict=verdict,
            cases=CaseCount(
                ran=self._ran,
                counted=self._counted,
                not_reached=len(self._not_reached),
                entities=len(self._entities),
                faults_planned=self._planned,
                faults_fired=self._fired,
            ),
            seconds=round(seconds, 3),
            findings=findings,
            unknowns=tuple(unknowns),
            digest=self._digest.hexdigest(),
            laws=laws,
            times={
                k: round(v, 3)
                for name, values in self.stage.times.items()
                for k, v in ((f"{name} p50", median(values)), (f"{name} max", max(values)))
            },
        )

    def _by_law(self) -> dict[str, Verdict]:
        """A law that judged something in one case is not unknown for seeing nothing in another."""
        laws: dict[str, Verdict] = {}
        for law in dict.fromkeys(j.law for j in self._judged):
            said = [j.verdict for j in self._judged if j.law == law]
            decided = [v for v in said if v is not Verdict.UNKNOWN]
            crashed = any(j.law == law and j.unknown is UnknownKind.LAW_ERROR for j in self._judged)
            laws[law] = worst(said if crashed or not decided else decided)
        return laws

    def _findings(self) -> tuple[Finding, ...]:
        if self._failure is None:
            return ()
        story = (
            f"drawn: {self._failure.drawn!r}",
            *(f"fault: {f.id}" for f in self._failure.plan.faults),
        )
        again = self.keep(self._failure)
        return tuple(
            f.model_copy(update={"story": f.story or story, "reproduce": again or f.reproduce})
            for f in self._failure.findings
        )

    def _shortfalls(self, laws: dict[str, Verdict]) -> list[Unknown]:
        budget = self._scenario.budget
        short = []
        if self._failure is None and self._counted < budget.cases:
            short.append(f"{self._counted} of {budget.cases} cases counted")
        if self._failure is None and len(self._entities) < budget.entities:
            short.append(f"{len(self._entities)} of {budget.entities} entities seen")
        unknowns = [
            Unknown(kind=UnknownKind.BUDGET, what=self.unit.id, unit=self.unit.id, why=why)
            for why in short
        ]
        for law, verdict in laws.items():
            if verdict is Verdict.UNKNOWN:
                said = [j for j in self._judged if j.law == law and j.verdict is Verdict.UNKNOWN]
                whys = dict.fromkeys(j.why for j in said)
                unknowns.append(
                    Unknown(
                        kind=said[0].unknown or UnknownKind.NOTHING_SEEN,
                        what=law,
                        unit=self.unit.id,
                        why="; ".join(whys) or "it saw nothing it could judge",
                        capabilities=said[0].lacks,
                    )
                )
        return unknowns

    def _silent(self) -> list[Unknown]:
        return [
            Unknown(kind=UnknownKind.NOT_REACHED, what=self.unit.id, unit=self.unit.id, why=why)
            for why in self._not_reached
        ]


__all__ = ["CaseFailed", "Failure", "ScenarioRun"]
