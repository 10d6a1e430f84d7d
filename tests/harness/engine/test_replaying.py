"""A failing case is kept and played again, on a stage that is a stand-in."""

from typing import Any

import pytest
from hypothesis import strategies as st

from harness.engine.replaying import kept, played_again
from harness.engine.runner import Failure, ScenarioRun
from harness.engine.scenario import Budget, Scenario, ScenarioUnit
from harness.engine.stage import Stage
from harness.evidence import Replay
from harness.model import Action, Fault, HarnessError, Plan, Point
from harness.wire import Checks, Other
from harness.wire.models import Models

LOST = Fault(at=Point(service="bank", operation="charge"), place="after", do=Action(do="lose"))


class Shop:
    """Stocks nothing for more than four, until it is mended; the bank is asked, until it isn't."""

    def __init__(self) -> None:
        self.mended = False
        self.asks_the_bank = True

    def sells(self, stage: Stage, count: int) -> None:
        if self.asks_the_bank:
            call = stage.recorder.invoke("double", "bank.charge")
            fault = stage.faults.take("bank", "charge")
            if fault:
                stage.faults.fired(call, fault)
            stage.recorder.complete(call, "info", fault=fault.id if fault else None)
        if not self.mended and count >= 5:
            raise AssertionError("there are only four")


def unit(shop: Shop) -> ScenarioUnit:
    def sale(stage: Stage, work: int) -> None:
        shop.sells(stage, work)

    drawn: Any = st.just(Plan(faults=(LOST,)))
    return ScenarioUnit(
        "sale.py::sale", Scenario(sale, st.integers(0, 99), drawn, (), (), Budget(cases=20))
    )


def found(stage: Stage, shop: Shop) -> Replay:
    """What a run left of its failing case."""
    left: list[Replay] = []
    declared = unit(shop)

    def keep(failure: Failure) -> str:
        left.append(kept(failure, declared, stage, seed=7, contracts={"api.yaml": "d1"}, laws=()))
        return "stageproof replay it.json"

    run = ScenarioRun(declared, stage, 7, logs=lambda start, end, tokens: (), keep=keep)
    (finding,) = run.result().findings
    assert finding.reproduce == "stageproof replay it.json"
    return left[0]


def test_the_smallest_failing_case_is_kept_with_its_plan_and_what_it_broke(stage: Stage) -> None:
    replay = found(stage, Shop())
    assert (replay.work, replay.plan, replay.seed) == (5, Plan(faults=(LOST,)), 7)
    assert [(b.law, b.title) for b in replay.broke] == [("story", "there are only four")]
    assert replay.digests == {"api.yaml": "d1"}


def test_it_breaks_again_when_it_is_played(stage: Stage) -> None:
    shop = Shop()
    played = played_again(found(stage, shop), unit(shop), stage, ())
    assert [f.title for f in played.findings] == ["there are only four"]
    assert set(played.fired) == {LOST.id}


def test_it_passes_once_the_application_is_mended(stage: Stage) -> None:
    shop = Shop()
    replay = found(stage, shop)
    shop.mended = True
    played = played_again(replay, unit(shop), stage, ())
    assert (played.findings, played.silent) == ((), ())


def test_a_fault_that_fires_no_more_is_told(stage: Stage) -> None:
    shop = Shop()
    replay = found(stage, shop)
    shop.mended, shop.asks_the_bank = True, False
    assert played_again(replay, unit(shop), stage, ()).silent == (LOST.id,)


def test_a_fault_that_can_never_fire_is_refused_before_anything_is_played(stage: Stage) -> None:
    shop = Shop()
    replay = found(stage, shop)
    stage.checks = Checks(Models(None), others={"bank": Other({"transfer": ["error"]})})
    before = len(stage.recorder)
    with pytest.raises(HarnessError, match="bank has no operation 'charge'"):
        played_again(replay, unit(shop), stage, ())
    assert len(stage.recorder) == before
