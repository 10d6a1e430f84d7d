"""Laws judge what a stage went through, once it had its time to show it."""

import time
from collections.abc import Callable, Sequence

from harness.engine.stage import Stage
from harness.laws import judge_all
from harness.model import History, Judgement, Law, Verdict

_SILENCE = 6.0
"""Seconds in which nothing may be seen while a function starts for the first time, or an event
source waits before it tries again: what still comes may be what a law misses."""
_MOST = 60.0
"""Seconds after which what is missing won't come."""


def judged(
    stage: Stage,
    history: Callable[[], History],
    laws: Sequence[Law],
    *,
    patient: bool = True,
    ticking: bool = True,
    within: float | None = None,
) -> tuple[tuple[Judgement, ...], History, bool]:
    """Let the stage settle and the laws judge: what they say, of what, and whether it came to rest.

    ``patient``: where a law is broken, the stage is given time for as long as it still shows
    something. Queues may be empty and streams read while somebody is about to try again. It has
    ``within`` seconds to settle, by default those of its patience.
    """
    quiet, deadline = stage.settle(within, ticking=ticking), time.monotonic() + _MOST
    seen = len(stage.recorder)  # before it is read: what comes while laws judge is more, too
    read = history()
    judgements = judge_all(read, laws)
    while patient and _broken(judgements) and time.monotonic() < deadline:
        if not stage.recorder.await_more(seen, _SILENCE):
            break
        quiet = stage.settle(ticking=ticking)
        seen = len(stage.recorder)
        read = history()
        judgements = judge_all(read, laws)
    return judgements, read, quiet


def _broken(judgements: Sequence[Judgement]) -> bool:
    return any(j.verdict is Verdict.FAIL for j in judgements)
