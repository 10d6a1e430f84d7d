"""One case of a scenario, played on a stage and judged."""

import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from harness.engine.judging import judged
from harness.engine.scenario import ScenarioUnit
from harness.engine.stage import NotReached, Stage
from harness.laws import quiet
from harness.model import Finding, HarnessError, History, Judgement, Law, Plan, fingerprint

_FRAMES = 6
_REST = 10.0
"""Seconds for which a stage that a story waited for in vain is given to settle, where nothing else
is played on it afterwards."""
QUIET = quiet()
"""Judges every case, beside its laws; what it passes says nothing of them."""


@dataclass(frozen=True)
class Played:
    """What one case gave."""

    case: str
    findings: tuple[Finding, ...]
    judgements: tuple[Judgement, ...]
    history: History
    """What belongs to the case."""
    fired: Collection[str]
    """Ids of the faults that happened."""
    silent: tuple[str, ...]
    """Ids of the planned faults that didn't, and of the story's own that met nothing."""


def play(
    unit: ScenarioUnit,
    stage: Stage,
    case: str,
    work: object,
    plan: Plan,
    laws: Sequence[Law] | None = None,
    *,
    patient: bool = False,
) -> Played:
    """Inject the plan, let the story happen, heal, settle, and let the laws judge: the scenario's,
    unless others are given.

    ``patient``: what is missing at first may still come, unless the story itself waited for it in
    vain; then nothing else is played on the stage.

    Raises:
        HarnessError: the harness, or the scenario, could not do its part.
    """
    stage.check(plan.faults)
    first = len(stage.recorder)
    with stage.running(case):
        stage.faults.inject(*plan.faults)
        told = _happens(unit, stage, case, work)
        fired = {f.fault for f in stage.faults.firings}
        silent = [f.id for f in stage.faults.not_fired() if f in plan.faults]
        silent += [f.id for f in stage.in_vain]
        stage.heal_all()
        judgements, history, _ = judged(
            stage,
            lambda: _history(stage, first, case),
            unit.scenario.laws if laws is None else laws,
            patient=patient and told is None,
            within=_REST if patient and told is not None else None,
        )
    findings = [f for j in judgements for f in j.findings]
    if told is None:  # a story that waited in vain has said so by itself
        findings += QUIET.judge(history).findings
    return Played(
        case,
        tuple([*findings, told] if told is not None else findings),
        judgements,
        history,
        fired,
        tuple(dict.fromkeys(silent)),
    )


def _history(stage: Stage, first: int, case: str) -> History:
    """What is of the case: nothing before it, so a long run's needn't be read for each."""
    since = History(stage.recorder.header, stage.recorder.since(first))
    return since.of_cases([case])


def _happens(unit: ScenarioUnit, stage: Stage, case: str, work: object) -> Finding | None:
    """What the story itself found wrong, if anything."""
    try:
        unit.scenario.story(stage, work)
    except NotReached as error:
        return _told(unit, "settles", f"The stage did not settle {error}", case)
    except AssertionError as error:
        return _told(unit, "story", str(error) or _where(error), case)
    except HarnessError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error} ({_where(error)})"
        return _told(unit, "story", said, case, _trace(error))
    return None


def _told(unit: ScenarioUnit, law: str, title: str, case: str, detail: str = "") -> Finding:
    return Finding(
        law=law, title=title, detail=detail, cases=(case,), fingerprint=fingerprint(law, unit.id)
    )


def _where(error: Exception) -> str:
    """The line of the story that asserted, where it said nothing itself."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name}: {frame.line}"


def _trace(error: Exception) -> str:
    """Where a story broke: the application's answer may be at fault, or the story."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return "".join(traceback.format_list(frames)).rstrip()
