"""One candidate, explored on a stage: played and judged; what breaks something is shrunk, or at
least breaks it again."""

import time
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from harness.engine import ScenarioUnit
from harness.engine.playing import Played
from harness.engine.runner import Failure
from harness.evidence import Broke, Replay
from harness.model import Plan, UnknownKind, Verdict
from harness.search.exploration import Candidate, Exploration, Outcome, Suspect
from harness.search.recording import Play

_TRIES = 2
"""More, of what broke once or wasn't reached."""

Keep = Callable[[Failure], Replay]
"""Makes a replay of a failing case."""


def explore(
    unit: ScenarioUnit,
    candidate: Candidate,
    case: str,
    work: object,
    play: Play,
    keep: Keep,
    mishaps: Callable[[], Sequence[str]] = tuple,
) -> Exploration | Suspect:
    """Play it.

    Where a fault didn't happen, it is played again: a stream may have handed over two changes at
    once, so that a function called less often than when it was recorded. ``mishaps`` gives what
    went wrong on the harness's side since it was last asked.
    """
    start = time.monotonic()
    mishaps()
    for name in (case, *(f"{case}+{number}" for number in range(1, _TRIES + 1))):
        played = play(name, work, candidate.plan)
        outcome, why = _outcome(played, candidate, "; ".join(mishaps()))
        if outcome is not Outcome.NOT_REACHED:
            break
    fired = tuple(f for f in candidate.added if f in played.fired)
    seconds = round(time.monotonic() - start, 2)
    if outcome is Outcome.BROKE:
        failure = Failure(case, work, candidate.plan, played.findings)
        return Suspect(candidate=candidate, fired=fired, **_kept(failure, keep), seconds=seconds)
    return Exploration(id=candidate.id, outcome=outcome, why=why, fired=fired, seconds=seconds)


def confirm(
    unit: ScenarioUnit, suspect: Suspect, case: str, work: object, play: Play, keep: Keep
) -> Exploration:
    """Play what broke something again, on a stage on which nothing broke: with fewer faults where
    fewer are enough; else the same.

    What doesn't break again is no find: a machine that is too busy breaks promises, too.
    """
    start = time.monotonic()
    candidate = suspect.candidate
    found = Exploration(
        id=candidate.id, outcome=Outcome.BROKE, fired=suspect.fired, broke=suspect.broke,
        replay=suspect.replay,
    )  # fmt: skip
    for number, plan in enumerate((*_smaller(candidate), *[candidate.plan] * _TRIES), 1):
        played = play(f"{case}.{number}", work, plan)
        if played.findings:
            failure = Failure(case, work, plan, played.findings)
            found = found.model_copy(update=_kept(failure, keep))
            break
    else:
        first = suspect.broke[0]
        why = f"broke once, and not in {_TRIES} more tries: {first.law}: {first.title}"
        found = found.model_copy(update={"outcome": Outcome.UNKNOWN, "why": why})
    seconds = suspect.seconds + time.monotonic() - start
    return found.model_copy(update={"seconds": round(seconds, 2)})


def _outcome(played: Played, candidate: Candidate, ours: str) -> tuple[Outcome, str]:
    silent = [f for f in candidate.added if f not in played.fired]
    if ours:
        return Outcome.UNKNOWN, f"a mistake of the harness's: {ours}"
    if played.findings:
        return Outcome.BROKE, ""
    if crashed := [j for j in played.judgements if j.unknown is UnknownKind.LAW_ERROR]:
        return Outcome.UNKNOWN, f"a law could not judge: {crashed[0].law}: {crashed[0].why}"
    if silent:
        return Outcome.NOT_REACHED, f"didn't happen: {'; '.join(silent)}"
    if not any(j.verdict is Verdict.PASS for j in played.judgements):
        return Outcome.UNKNOWN, "no law saw anything that it could judge"
    return Outcome.SURVIVED, ""


def _kept(failure: Failure, keep: Keep) -> dict[str, Any]:
    """What it broke, and how it is shown again."""
    return {
        "broke": tuple(Broke(law=f.law, title=f.title) for f in failure.findings),
        "replay": keep(failure).model_dump_json(indent=1) + "\n",
    }


def _smaller(candidate: Candidate) -> list[Plan]:
    """Each part of several faults, the smallest first, with the story's own."""
    own = [f for f in candidate.plan.faults if f.id not in candidate.added]
    more = [f for f in candidate.plan.faults if f.id in candidate.added]
    parts = (combinations(more, size) for size in range(1, len(more)))
    return [Plan(faults=(*own, *part)) for some in parts for part in some]
