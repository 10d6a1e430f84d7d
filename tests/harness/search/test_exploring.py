"""One candidate is played and judged; what breaks is played again and shrunk."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from harness.engine.playing import Played
from harness.engine.runner import Failure
from harness.engine.scenario import Budget, Scenario, ScenarioUnit
from harness.evidence import Replay
from harness.faults import fault
from harness.model import Finding, Header, History, Judgement, Plan, UnknownKind, Verdict
from harness.search import Candidate, Outcome
from harness.search.exploration import Suspect
from harness.search.exploring import confirm, explore

OWN, LOST, SLOW = (fault("bank.charge", do, nth=n) for n, do in ((3, "error"), (1, "lose"), (2, "latency")))  # noqa: E501  # fmt: skip
UNIT = ScenarioUnit(
    "s.py::s", Scenario(lambda stage, work: None, st.none(), None, (), (), Budget())
)
PAIR = Candidate(
    story=UNIT.id, plan=Plan(faults=(OWN, LOST, SLOW)), added=(LOST.id, SLOW.id),
    callers=("bank", "bank"), services=("bank", "bank"),
)  # fmt: skip


@dataclass
class Stage:
    """Breaks, as often as it is told to, whenever one of ``breaking`` is planned."""

    breaking: tuple[str, ...] = ()
    times: int = 99
    silent: tuple[str, ...] = ()
    silences: int = 99
    judged: Verdict = Verdict.PASS
    crashed: tuple[Judgement, ...] = ()
    played: list[Plan] = field(default_factory=list)

    def play(self, case: str, work: object, plan: Plan) -> Played:
        self.played.append(plan)
        planned = [f.id for f in plan.faults]
        breaks = self.times > 0 and any(f in self.breaking for f in planned)
        self.times -= breaks
        found = (Finding(law="one charge", title="two charges"),) if breaks else ()
        judgement = Judgement(law="one charge", verdict=self.judged)
        silent = self.silent if self.silences > 0 else ()
        self.silences -= 1
        fired = {f for f in planned if f not in silent}
        return Played(case, found, (judgement, *self.crashed), History(Header(), ()), fired, silent)


def keep(failure: Failure) -> Replay:
    return Replay(application="shop", unit=UNIT.id, plan=failure.plan)


def outcome(stage: Stage, candidate: Candidate = PAIR, mishaps: Any = tuple) -> Any:
    """What comes of it in the end."""
    found = explore(UNIT, candidate, "c1", None, stage.play, keep, cast(Any, mishaps))
    if isinstance(found, Suspect):
        return confirm(UNIT, found, "c2", None, stage.play, keep)
    return found


def test_what_breaks_nothing_is_survived() -> None:
    found = outcome(Stage())
    assert (found.outcome, found.fired) == (Outcome.SURVIVED, (LOST.id, SLOW.id))


def test_a_fault_that_did_not_happen_is_not_reached_and_said() -> None:
    found = outcome(Stage(silent=(SLOW.id,)))
    assert (found.outcome, found.fired) == (Outcome.NOT_REACHED, (LOST.id,))
    assert SLOW.id in found.why


def test_what_is_reached_when_it_is_tried_again_counts() -> None:
    stage = Stage(silent=(SLOW.id,), silences=2)
    assert outcome(stage).outcome is Outcome.SURVIVED
    assert len(stage.played) == 3


def test_where_no_law_could_judge_nothing_was_survived() -> None:
    assert outcome(Stage(judged=Verdict.UNKNOWN)).outcome is Outcome.UNKNOWN


def test_where_a_law_could_not_judge_at_all_it_is_said_whatever_the_others_say() -> None:
    crashed = Judgement(
        law="waits", verdict=Verdict.UNKNOWN, unknown=UnknownKind.LAW_ERROR, why="no such figure"
    )
    found = outcome(Stage(crashed=(crashed,)))
    assert (found.outcome, found.why) == (
        Outcome.UNKNOWN, "a law could not judge: waits: no such figure",
    )  # fmt: skip


def test_a_mistake_of_the_harness_is_no_find() -> None:
    said = iter([(), ("the wire: KeyError",)])
    found = outcome(Stage(breaking=(LOST.id,)), mishaps=lambda: next(said))
    assert (found.outcome, found.why) == (
        Outcome.UNKNOWN, "a mistake of the harness's: the wire: KeyError",
    )  # fmt: skip


@pytest.mark.parametrize("culprit", [LOST, SLOW])
def test_what_breaks_is_kept_with_the_one_fault_that_is_enough_and_the_storys_own(
    culprit: Any,
) -> None:
    found = outcome(Stage(breaking=(culprit.id,)))
    replay = Replay.model_validate_json(found.replay)
    assert found.outcome is Outcome.BROKE
    assert replay.plan == Plan(faults=(OWN, culprit))
    assert [b.title for b in found.broke] == ["two charges"]


def test_of_three_faults_the_two_that_are_needed_are_left() -> None:
    third = fault("bank.charge", "reset", nth=4)
    three = Candidate(
        story=UNIT.id, plan=Plan(faults=(OWN, LOST, SLOW, third)),
        added=(LOST.id, SLOW.id, third.id), callers=("bank",) * 3, services=("bank",) * 3,
    )  # fmt: skip

    class NeedsTwo(Stage):
        def play(self, case: str, work: object, plan: Plan) -> Played:
            both = {LOST.id, third.id} <= {f.id for f in plan.faults}
            self.breaking = (LOST.id,) if both else ()
            return super().play(case, work, plan)

    found = outcome(NeedsTwo(), three)
    assert Replay.model_validate_json(found.replay).plan == Plan(faults=(OWN, LOST, third))


def test_what_broke_once_and_never_again_is_unknown_and_kept() -> None:
    stage = Stage(breaking=(LOST.id,), times=1)
    found = outcome(stage)
    assert (found.outcome, found.why) == (
        Outcome.UNKNOWN, "broke once, and not in 2 more tries: one charge: two charges",
    )  # fmt: skip
    assert Replay.model_validate_json(found.replay).plan == PAIR.plan
    assert len(stage.played) == 1 + 2 + 2
