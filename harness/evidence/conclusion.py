"""From the evidence of a run to its verdict: what was checked, what was found, what is unknown."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from pydantic import Field

from harness.evidence.baseline import Baseline, Known
from harness.evidence.coverage import Coverage, coverage
from harness.evidence.folder import Folder
from harness.model import Finding, Frozen, History, UnitResult, Unknown, UnknownKind, Verdict, worst
from harness.recorder import read_history


class FaultsTried(Frozen):
    """Single faults that apply somewhere, and what became of them."""

    planned: int
    explored: int
    fired: int
    survived: int
    broke: int
    not_reached: int


class FaultsSearched(FaultsTried):
    """What the last search of a story's single faults says of this very application."""

    story: str
    """The scenario's id."""
    points: int
    alike: int
    """More, at calls that are alike to those that were failed."""
    by_function: dict[str, FaultsTried]
    by_service: dict[str, FaultsTried]


class Conclusion(Frozen):
    """A run's verdict with the figures that a person wants beside it."""

    verdict: Verdict
    exit_code: int
    run: str
    application: str
    target: str
    seed: int
    seconds: float = 0.0
    units: dict[str, int] = Field(default_factory=dict)
    """Verdict → units."""
    contract_cases: int = 0
    scenario_cases: int = 0
    entities: int = 0
    """That came to be in the watched tables, in contract cases too."""
    not_reached: int = 0
    faults_planned: int = 0
    faults_fired: int = 0
    environments: dict[str, int] = Field(default_factory=dict)
    records: int = 0
    coverage: Coverage = Coverage()
    findings: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    """Findings that the baseline has; they leave the verdict alone."""
    mended: tuple[Known, ...] = ()
    """What the baseline has and the units that had found it no longer see."""
    unknowns: tuple[Unknown, ...] = ()
    results: tuple[UnitResult, ...] = ()
    phases: dict[str, float] = Field(default_factory=dict)
    cases_digest: str = ""
    """Of every case of every unit: equal for equal cases, whatever the target or worker count."""
    partial: bool = False
    """Whether only some of the project's units were asked for."""
    evidence: str = ""
    stages: int = 0
    searched: tuple[FaultsSearched, ...] = ()
    """By ``stageproof chaos``, before this run; it is no part of the verdict."""

    @property
    def judged(self) -> bool:
        """Whether anything was: a run of which every unit is ``unknown`` says nothing."""
        return self.verdict is Verdict.FAIL or any(map(_says_something, units_of(self.results)))

    @property
    def commonest(self) -> Unknown | None:
        """Of what kept units from being judged the reason that most of them have."""
        lost = {u.unit for u in self.unknowns} - {r.unit for r in self.results}
        open_ = lost | {r.unit for r in units_of(self.results) if not _says_something(r)}
        reasons = [u for u in self.unknowns if u.unit in open_]
        counts = Counter((u.kind, u.why) for u in reasons)
        return max(reasons, key=lambda u: counts[u.kind, u.why], default=None)


_NOTHING_KNOWN = Baseline()
_COULD_NOT = 2
"""The command's exit code where nothing was judged."""

WHOLE = "history"
"""The units ``history-<worker>`` judge everything that a worker's stage went through."""


def conclude(
    folder: Folder,
    *,
    seconds: float,
    phases: dict[str, float],
    expected: Iterable[str] = (),
    partial: bool = False,
    baseline: Baseline = _NOTHING_KNOWN,
) -> Conclusion:
    """Read a run's evidence and judge it.

    ``expected`` are the units that were collected; one without a result (its worker died) is
    ``unknown``, not forgotten. ``partial``: only some of the project's units were asked for, so
    that a law of the whole history may well have had nothing to judge. ``baseline``: what the units
    were held against, to say what of it is no longer seen.
    """
    manifest, results = folder.manifest, one_whole(folder.results(), partial=partial)
    histories = [read_history(p) for p in folder.histories()]
    lost = sorted(set(expected) - {r.unit for r in results})
    unknowns = [*(u for r in results for u in r.unknowns), *map(_lost, lost)]
    findings = merge(f for r in results for f in r.findings)
    verdict = _verdict(findings, unknowns, results)
    conclusion = Conclusion(
        verdict=verdict,
        exit_code=0 if verdict is Verdict.PASS else 1,
        run=manifest.run,
        application=manifest.application,
        target=manifest.target,
        seed=manifest.seed,
        seconds=round(seconds, 1),
        units={v.value: sum(r.verdict is v for r in results) for v in Verdict},
        contract_cases=sum(r.cases.ran for r in results if r.kind != "scenario"),
        scenario_cases=sum(r.cases.ran for r in results if r.kind == "scenario"),
        entities=_born(histories) or sum(r.cases.entities for r in results),
        not_reached=sum(r.cases.not_reached for r in results),
        faults_planned=sum(r.cases.faults_planned for r in results),
        faults_fired=sum(r.cases.faults_fired for r in results),
        environments=_sum(s.environments for s in folder.sheets()),
        records=sum(len(h) for h in histories),
        coverage=coverage(manifest.documented, manifest.only_under_fault, histories),
        findings=findings,
        known=merge(f for r in results for f in r.known),
        mended=baseline.unseen(results),
        unknowns=tuple(unknowns),
        results=tuple(results),
        phases=phases,
        cases_digest=cases_digest(results),
        partial=partial,
        evidence=str(folder.path),
        stages=len(histories),
    )
    if conclusion.judged:
        return conclusion
    nothing = {"verdict": Verdict.UNKNOWN, "exit_code": _COULD_NOT}
    return conclusion.model_copy(update=nothing)


def units_of(results: Iterable[UnitResult]) -> list[UnitResult]:
    """What was asked for: without the judgement of everything around it, unless that is all."""
    kept = list(results)
    return [r for r in kept if r.unit.partition("-")[0] != WHOLE] or kept


def _says_something(result: UnitResult) -> bool:
    return result.verdict is not Verdict.UNKNOWN or bool(result.known)


def one_whole(results: Iterable[UnitResult], *, partial: bool) -> list[UnitResult]:
    """The results, with the whole histories of all workers judged as one: what a law could not
    see on one worker's stage it may have seen on another's."""
    kept = list(results)
    parts = [r for r in kept if r.unit.partition("-")[0] == WHOLE]
    if not parts:
        return kept
    laws: dict[str, Verdict] = {}
    for name in dict.fromkeys(law for r in parts for law in r.laws):
        said = [r.laws[name] for r in parts if name in r.laws]
        decided = [v for v in said if v is not Verdict.UNKNOWN]
        crashed = any(
            u.what == name and u.kind is not UnknownKind.NOTHING_SEEN
            for r in parts
            for u in r.unknowns
        )
        laws[name] = worst(said if crashed or not decided else decided)
    unknowns = {
        u.what: u.model_copy(update={"unit": WHOLE})
        for r in parts
        for u in r.unknowns
        if (u.kind is UnknownKind.UNDECIDED or laws.get(u.what) in (None, Verdict.UNKNOWN))
        and not (partial and u.kind is UnknownKind.NOTHING_SEEN)
    }
    findings = merge(f for r in parts for f in r.findings)
    told = [Verdict.FAIL for _ in findings]
    told += [Verdict.UNKNOWN for u in unknowns.values() if u.kind is not UnknownKind.UNDECIDED]
    whole = parts[0].model_copy(
        update={
            "unit": WHOLE,
            "verdict": worst(told or [Verdict.PASS]),
            "seconds": sum(r.seconds for r in parts),
            "findings": findings,
            "known": merge(f for r in parts for f in r.known),
            "unknowns": tuple(unknowns.values()),
            "laws": laws,
        }
    )
    return [*(r for r in kept if r not in parts), whole]


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each fingerprint: the first seen, with the counts of all."""
    merged: dict[str, Finding] = {}
    for finding in findings:
        kept = merged.get(finding.fingerprint)
        merged[finding.fingerprint] = (
            kept.model_copy(update={"seen": kept.seen + finding.seen}) if kept else finding
        )
    return tuple(merged.values())


def cases_digest(results: Iterable[UnitResult]) -> str:
    """A digest of all units' cases, by unit id."""
    lines = sorted(f"{r.unit} {r.digest}" for r in results if r.digest)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _verdict(
    findings: Iterable[Finding], unknowns: Iterable[Unknown], results: Iterable[UnitResult]
) -> Verdict:
    said = [Verdict.FAIL for _ in findings]
    said += [Verdict.UNKNOWN for u in unknowns if not u.excused]
    said += [r.verdict for r in results if r.verdict is not Verdict.UNKNOWN]
    return worst(said)


def _born(histories: Iterable[History]) -> int:
    """Entities that came to be in a watched table, whoever made them."""
    keys = {
        (n, r.key)
        for n, history in enumerate(histories)
        for r in history
        if r.feed == "observe" and isinstance(r.value, dict) and r.value.get("event") == "INSERT"
    }
    return len(keys)


def _lost(unit: str) -> Unknown:
    return Unknown(
        kind=UnknownKind.HARNESS_ERROR,
        what=unit,
        unit=unit,
        why="it was collected, but never ended",
    )


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, n in each.items():
            total[name] = total.get(name, 0) + n
    return total
