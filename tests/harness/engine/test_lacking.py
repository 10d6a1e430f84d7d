"""A scenario is played nowhere where something that it needs is lacking."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from harness.engine import Session
from harness.engine.lacking import lacking, told
from harness.engine.replaying import played_again
from harness.engine.scenario import ScenarioUnit, scenario
from harness.engine.stage import Stage
from harness.evidence import Replay
from harness.model import Action, Capability, Fault, HarnessError, Measured, Plan, Point

WHY = "a live stage is somebody's"
DOWN = Plan(
    faults=(Fault(at=Point(service="bank", operation="charge"), do=Action(do="error", status=503)),)
)


class Told:
    """A story that says whether it was told."""

    def __init__(self, *, anywhere: bool) -> None:
        self.told = False

        @scenario(work=st.just(1), laws=(), anywhere=anywhere)
        def sale(stage: Stage, work: int) -> None:
            self.told = True

        self.unit = ScenarioUnit("sale.py::sale", cast(Any, sale).__scenario__)


@pytest.fixture
def live(stage: Stage) -> Stage:
    lack = {Capability.CONTROL: Measured(Capability.CONTROL, has=False, how=WHY)}
    stage.deployed = replace(stage.deployed, target="live", capabilities=lack)
    return stage


def session(stage: Stage) -> Session:
    """A session whose stage is up already."""
    made = object.__new__(Session)
    made._up = cast(Any, SimpleNamespace(stage=stage))
    cast(Any, made)._case_laws = lambda unit: ()
    made._target = cast(Any, SimpleNamespace(alive=lambda: True))
    return made


def test_what_it_needs_and_the_stage_lacks_is_named_with_the_reason(live: Stage) -> None:
    lacks = lacking(Told(anywhere=False).unit, live.deployed)
    assert (lacks, told(lacks)) == ({Capability.CONTROL: WHY}, f"control: {WHY}")
    assert not lacking(Told(anywhere=True).unit, live.deployed)


def test_a_story_of_somebodys_stage_may_not_be_told_there_with_faults(live: Stage) -> None:
    story = Told(anywhere=True).unit
    assert lacking(story, live.deployed, DOWN) == {Capability.CONTROL: WHY}
    drawing = replace(story, scenario=replace(story.scenario, faults=st.just(DOWN)))
    assert lacking(drawing, live.deployed) == {Capability.CONTROL: WHY}


def test_a_session_plays_no_case_of_it_and_says_where_it_can_be_played(live: Stage) -> None:
    story = Told(anywhere=False)
    with pytest.raises(HarnessError, match=f"can't be played on live: control: {WHY}") as refused:
        session(live).play(story.unit, "a", 1, Plan())
    assert "--target embedded or localstack" in refused.value.mend
    assert not story.told


def test_a_session_plays_no_replay_of_it(live: Stage) -> None:
    story = Told(anywhere=True)
    replay = Replay(application="shop", unit=story.unit.id, work=1, plan=DOWN)
    with pytest.raises(HarnessError, match="can't be played on live"):
        session(live).replay(replay, story.unit)
    assert not story.told


def test_what_can_be_played_is(live: Stage) -> None:
    story = Told(anywhere=True)
    played_again(Replay(application="shop", unit=story.unit.id, work=1), story.unit, live, ())
    assert story.told


def test_where_none_of_our_targets_would_do_none_is_named(live: Stage) -> None:
    waf = replace(Told(anywhere=True).unit.scenario, needs={Capability.WAF})
    with pytest.raises(HarnessError) as refused:
        session(live).play(ScenarioUnit("a.py::a", waf), "a", 1, Plan())
    assert refused.value.mend == "Play it on a target that has waf: none of ours does."
