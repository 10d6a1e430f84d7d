"""Judges everything a stage went through as one history, once nothing is under way any more."""

import time
from collections.abc import Iterable, Iterator, Sequence

from harness.engine.blindness import blinded, unjudgeable
from harness.engine.judging import judged
from harness.engine.run import Run
from harness.engine.stage import Stage
from harness.evidence import WHOLE
from harness.model import (
    Capability,
    CaseCount,
    Finding,
    Judgement,
    Law,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
    undecided,
    worst,
)

_BUSY = "the stage was still busy when time was up; what was under way is not judged"


def judge_whole(stage: Stage, run: Run, laws: Sequence[Law], command: str = "verify") -> UnitResult:
    """Let the stage settle, then judge its whole history by these laws.

    A law about what can't be watched on this stage is not judged: to it nothing ever happened.
    """
    start = time.monotonic()
    blind = blinded(laws, stage)
    laws = [law for law in laws if law.name not in blind]
    judgements, _, quiet = judged(stage, lambda: stage.recorder.history, laws, ticking=False)
    unit = f"{WHOLE}-{run.worker}"
    told = [j.verdict for j in judgements] + [Verdict.UNKNOWN for _ in range(not quiet)]
    return UnitResult(
        unit=unit,
        title="Everything this stage went through, judged as one history",
        kind="scenario",
        verdict=worst(told),
        cases=CaseCount(),
        seconds=round(time.monotonic() - start, 3),
        findings=tuple(_findings(stage, run, judgements, command)),
        unknowns=(
            *_unknowns(stage, judgements, unit, quiet=quiet),
            *unjudgeable(blind, unit),
        ),
        laws={j.law: j.verdict for j in judgements},
    )


def _findings(
    stage: Stage, run: Run, judgements: Iterable[Judgement], command: str
) -> Iterator[Finding]:
    behind, now = stage.observer.logs.behind, stage.recorder.now()
    for judgement in judgements:
        for f in judgement.findings:
            known = {
                "unit": WHOLE,
                "logs": f.logs or behind(0, now, f.keys),
                "reproduce": f.reproduce or f"stageproof {command} --seed {run.seed}",
            }
            yield f.model_copy(update=known)


def _unknowns(
    stage: Stage, judgements: Sequence[Judgement], unit: str, *, quiet: bool
) -> Iterator[Unknown]:
    for j in judgements:
        if j.verdict is Verdict.UNKNOWN:
            kind, lacks = j.unknown or UnknownKind.NOTHING_SEEN, j.lacks
            if kind is UnknownKind.NOTHING_SEEN and not stage.deployed.can(Capability.CONTROL):
                # Nothing may be done there to bring it about.
                kind, lacks = UnknownKind.CAPABILITY, (Capability.CONTROL,)
            yield Unknown(kind=kind, what=j.law, why=j.why, unit=unit, capabilities=lacks)
    yield from undecided(judgements, unit)
    if not quiet:
        yield Unknown(kind=UnknownKind.BUDGET, what="the whole history", why=_BUSY, unit=unit)
    for blind in stage.observer.blind:
        yield Unknown(
            kind=UnknownKind.CAPABILITY, what="watching", why=str(blind), unit=unit,
            capabilities=(blind.capability,),
        )  # fmt: skip
