"""A story without faults, seen several times: which of its calls belong to it."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from hypothesis import find, settings
from hypothesis.strategies import SearchStrategy

from harness.engine import ScenarioUnit
from harness.engine.playing import Played
from harness.engine.work import work_as_json
from harness.model import Capability, Frozen, HarnessError, Json, Plan
from harness.search.exploration import Leftout
from harness.search.spots import Spot, spots_of

_TIMES = 5
"""Recordings, after one that only warms the stage up. A call is searched when most of them have it:
one in which two changes came at once, or a message twice, takes nothing away and adds nothing, and
the next run searches the same, but for what is made about every other time."""

Play = Callable[[str, object, Plan], Played]
"""Plays one case: its name, its work, its faults."""


class Recorded(Frozen):
    """What is searched of one story."""

    story: str
    work: Json = None
    own: Plan
    """The story's own faults."""
    spots: tuple[Spot, ...]
    left: tuple[Leftout, ...]
    can: tuple[Capability, ...] = ()
    """What the target can do."""
    lacks: str = ""
    """Why the story can't be told on this target."""


def smallest(unit: ScenarioUnit) -> tuple[object, Plan]:
    """The smallest work of a story's search, and the smallest plan of its own.

    Raises:
        HarnessError: the story doesn't say what work is searched.
    """
    scenario = unit.scenario
    if scenario.search is None:
        raise HarnessError(
            f"{unit.id} declares no work to search with",
            "Give its @scenario a search=…, whose smallest example is enough to tell the story.",
        )
    own = Plan() if scenario.faults is None else _least(scenario.faults)
    return _least(scenario.search), own


def record(
    unit: ScenarioUnit, play: Play, can: Sequence[Capability], clocked: Collection[str] = ()
) -> Recorded:
    """Play the story without further faults, and see where they could happen.

    What the functions ``clocked`` call is left out: a schedule runs when it is time for it, and not
    when the story is.

    Raises:
        HarnessError: it breaks its laws without any fault.
    """
    work, own = smallest(unit)
    # What a cold stage takes too long for isn't the application's failure.
    cold = spots_of(play(f"{unit.id}#cold", work, own).history, f"{unit.id}#cold")
    warm = [_seen(unit, play, f"record {n}", work, own) for n in range(1, _TIMES + 1)]
    steady = _steady(warm, clocked)
    return Recorded(
        story=unit.id,
        work=work_as_json(unit.scenario, work),
        own=own,
        spots=tuple(steady),
        left=tuple(_unsteady(cold, warm, steady, clocked)),
        can=tuple(sorted(can)),
    )


def _steady(warm: Sequence[Sequence[Spot]], clocked: Collection[str]) -> list[Spot]:
    """What most of them have, each with the kind that it mostly was, in an order of its own: which
    of those that are alike stands for the others is no matter of pace."""
    seen: dict[tuple[object, ...], list[Spot]] = {}
    for spot in (spot for spots in warm for spot in spots):
        if spot.at.function not in clocked:
            seen.setdefault(spot.place, []).append(spot)
    steady = [_usual(same) for same in seen.values() if 2 * len(same) > len(warm)]
    return sorted(steady, key=_rank)


def _rank(spot: Spot) -> tuple[object, ...]:
    """What an entity's own number tells comes first: it is the steadier."""
    at = spot.at.model_dump_json()
    return spot.to, at, not spot.per_key, spot.nth, spot.consistent, spot.token


def _usual(same: Sequence[Spot]) -> Spot:
    """What differs from one recording to the next is as it mostly was."""
    mostly = {
        name: Counter(getattr(spot, name) for spot in same).most_common(1)[0][0]
        for name in ("kind", "in_case", "shared")
    }
    return same[-1].model_copy(update=mostly)


def _seen(unit: ScenarioUnit, play: Play, name: str, work: object, own: Plan) -> tuple[Spot, ...]:
    case = f"{unit.id}#{name}"
    played = play(case, work, own)
    if played.findings:
        first = played.findings[0]
        raise HarnessError(
            f"{unit.id} breaks without further faults: {first.law}: {first.title}",
            f"Mend that first: stageproof verify -k {unit.scenario.name}",
        )
    return spots_of(played.history, case)


def _unsteady(
    cold: Sequence[Spot],
    warm: Sequence[Sequence[Spot]],
    steady: Sequence[Spot],
    clocked: Collection[str],
) -> list[Leftout]:
    """Calls that aren't there most of the time, each point once."""
    left: dict[str, str] = {}
    known = {(s.caller, s.at.what) for s in steady}
    searched, warmed = {s.place for s in steady}, {s.place for seen in warm for s in seen}
    for spot in (s for seen in (cold, *warm) for s in seen):
        if spot.place in searched:
            continue
        what = f"{spot.caller}: {spot.at.what}"
        only_cold = spot.place not in warmed
        if (spot.caller, spot.at.what) in known:
            what += " (further calls)"
        scheduled = spot.at.function in clocked
        left[what] = _SCHEDULED if scheduled else _COLD if only_cold else _TIMING
    return [Leftout(what=what, why=why) for what, why in left.items()]


_SCHEDULED = "made by a function on a schedule: how often within a story depends on timing"
_COLD = "only made by a fresh execution environment"
_TIMING = "not made most of the time: it depends on timing"


def _least(strategy: SearchStrategy[Any]) -> Any:
    return find(strategy, lambda _: True, settings=settings(database=None, max_examples=1))
