"""Runs one unit of an event contract to its result."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.engine.events.consuming import Consuming
from harness.engine.events.hearing import Hearing
from harness.engine.events.units import EventUnit
from harness.engine.stage import Stage
from harness.laws import judge_all, messages_kept
from harness.laws.messages import PREFIX
from harness.model import (
    Capability,
    CaseCount,
    Finding,
    UnitResult,
    Unknown,
    UnknownKind,
    Verdict,
)


@dataclass(frozen=True)
class EventContext:
    """What a unit is run with."""

    stage: Stage
    hearing: Hearing | None
    """None where the stage has no wire."""
    histories: Callable[[], Sequence[Path]]
    """The histories of all workers so far."""
    case_ended: Callable[[str, bool], None] = lambda case, passed: None


def run_event_unit(unit: EventUnit, context: EventContext) -> UnitResult:
    """Judge what was sent, or try what consumes it."""
    start = time.monotonic()
    if context.hearing is None:
        why = "the stage has no wire: no message is seen on its way"
        return _result(unit, start, unknowns=[_lacking(unit, Capability.WIRE, why)])
    if unit.kind == "produced":
        return _produced(unit, context, start)
    consuming = Consuming(unit, context.stage, context.hearing, context.case_ended)
    findings = consuming.findings()
    unknowns = [
        _lacking(unit, Capability.QUEUE_PEEK, why)
        if kind is UnknownKind.CAPABILITY
        else _unknown(unit, kind, why)
        for kind, why in consuming.unknowns
    ]
    return _result(unit, start, ran=consuming.tried, findings=findings, unknowns=unknowns)


def _produced(unit: EventUnit, context: EventContext, start: float) -> UnitResult:
    [judgement] = judge_all(context.stage.recorder.history, [messages_kept(unit.channel)])
    seen = judgement.saw or _seen_elsewhere(unit, context.histories())
    if judgement.findings:
        return _result(unit, start, ran=seen, findings=judgement.findings)
    if not seen and _served_by_appsync(unit, context):
        why = "AppSync itself serves the API here: what functions publish isn't seen on its way"
        return _result(unit, start, unknowns=[_lacking(unit, Capability.WIRE, why)])
    if not seen:
        why = "no message of this channel has crossed the wire: no story that was run sends one"
        return _result(unit, start, unknowns=[_unknown(unit, UnknownKind.NOTHING_SEEN, why)])
    return _result(unit, start, ran=seen)


def _served_by_appsync(unit: EventUnit, context: EventContext) -> bool:
    hearing, deployed = context.hearing, context.stage.deployed
    published = hearing is not None and unit.channel in hearing.channels_of.values()
    return published and deployed.can(Capability.APPSYNC)


def _seen_elsewhere(unit: EventUnit, histories: Sequence[Path]) -> int:
    """Messages that another worker's stage sent: it judges them itself."""
    mark = f'"name":"{PREFIX}{unit.channel}"'.encode()
    return sum(path.read_bytes().count(mark) for path in histories if path.is_file())


def _result(
    unit: EventUnit,
    start: float,
    *,
    ran: int = 0,
    findings: tuple[Finding, ...] = (),
    unknowns: list[Unknown] | None = None,
) -> UnitResult:
    verdict = Verdict.FAIL if findings else Verdict.UNKNOWN if unknowns else Verdict.PASS
    # By itself it would see nothing: what is sent, and what is like it, comes from the stories.
    known = {"unit": unit.id, "reproduce": "stageproof verify"}
    return UnitResult(
        unit=unit.id,
        title=unit.title,
        kind=unit.kind,
        verdict=verdict,
        cases=CaseCount(ran=ran, counted=ran),
        seconds=round(time.monotonic() - start, 3),
        findings=tuple(f.model_copy(update=known) for f in findings),
        unknowns=tuple(unknowns or ()),
    )


def _unknown(unit: EventUnit, kind: UnknownKind, why: str) -> Unknown:
    return Unknown(kind=kind, what=unit.id, unit=unit.id, why=why)


def _lacking(unit: EventUnit, capability: Capability, why: str) -> Unknown:
    known = {"capabilities": (capability,)}
    return _unknown(unit, UnknownKind.CAPABILITY, why).model_copy(update=known)
