"""A scenario's way to its verdict, on a stage that is a stand-in."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from hypothesis import strategies as st

from harness.engine.conditions import Reaches
from harness.engine.runner import ScenarioRun
from harness.engine.scenario import Budget, Scenario, ScenarioUnit
from harness.engine.stage import Stage
from harness.faults import fault
from harness.model import (
    Action,
    Capability,
    Fault,
    Finding,
    History,
    Judgement,
    Law,
    Plan,
    Point,
    UnitResult,
    UnknownKind,
    Verdict,
)

PAYMENT = Fault(at=Point(service="bank", operation="charge"), do=Action(do="error", status=503))


class NoBigSale:
    """A law for these tests: nothing of 100 or more is sold."""

    name = "no big sale"

    def judge(self, history: History) -> Judgement:
        sales = [r for r in history if r.name == "sale" and isinstance(r.value, dict)]
        big = [r for r in sales if r.value["amount"] >= 100]
        findings = tuple(
            Finding(law=self.name, title=f"sold {r.value['amount']}", fingerprint="big")
            for r in big[:1]
        )
        verdict = Verdict.FAIL if big else Verdict.PASS if sales else Verdict.UNKNOWN
        return Judgement(law=self.name, verdict=verdict, saw=len(sales), findings=findings)


def sell(stage: Stage, amount: int) -> None:
    call = stage.recorder.invoke("client", "POST /sales", key=f"{stage.case}-{amount}")
    stage.recorder.complete(call, "ok")
    stage.recorder.observe("sale", key=f"{stage.case}-{amount}", value={"count": 1})
    # "amount" is no field that every history may show, so it is put where the law looks for it
    last = stage.recorder.history.records[-1]
    stage.recorder._records[-1] = msgspec.structs.replace(last, held={"amount": amount})


def pay(stage: Stage, amount: int) -> None:
    call = stage.recorder.invoke("double", "bank.charge")
    fault = stage.faults.take("bank", "charge")
    if fault:
        stage.faults.fired(call, fault)
    stage.recorder.complete(call, "info" if fault else "ok")
    sell(stage, amount)


def result(stage: Stage, story: Any, **declared: Any) -> UnitResult:
    given: dict[str, Any] = {
        "work": st.integers(1, 50),
        "faults": None,
        "laws": (cast(Law, NoBigSale()),),
        "needs": (),
        "budget": Budget(cases=3),
        **declared,
    }
    unit = ScenarioUnit("scenarios/sale.py::sale", Scenario(story=story, **given))
    return ScenarioRun(unit, stage, run_seed=7, logs=lambda start, end, tokens: ("a log",)).result()


def kinds(result: UnitResult) -> Sequence[UnknownKind]:
    return [u.kind for u in result.unknowns]


def test_cases_that_keep_the_laws_pass(stage: Stage) -> None:
    done = result(stage, sell)
    assert (done.verdict, done.cases.counted, done.cases.entities) == (Verdict.PASS, 3, 3)


def test_a_broken_law_fails_and_its_case_is_shrunk_to_the_smallest(stage: Stage) -> None:
    done = result(stage, sell, work=st.integers(0, 10_000), budget=Budget(cases=20))
    (finding,) = done.findings
    assert (done.verdict, finding.law, finding.title) == (Verdict.FAIL, "no big sale", "sold 100")
    assert finding.logs == ("a log",)
    assert "--seed 7" in finding.reproduce


def test_the_same_seed_draws_the_same_cases(stage: Stage) -> None:
    assert result(stage, sell).digest == result(stage, sell).digest


def test_a_story_that_asserts_fails_with_its_words(stage: Stage) -> None:
    def story(stage: Stage, amount: int) -> None:
        sell(stage, amount)
        assert amount < 0, "the shop gave money away"

    assert result(stage, story).findings[0].title.startswith("the shop gave money away")


def test_a_stage_that_never_gets_there_is_a_failure_that_says_where_it_is(stage: Stage) -> None:
    def story(stage: Stage, amount: int) -> None:
        sell(stage, amount)
        stage.until(Reaches("order.status", ["o1"], {"PAID"}), within=0.01)

    (finding,) = result(stage, story).findings
    assert finding.law == "settles"
    assert "o1 is unseen" in finding.title


def test_a_capability_that_the_target_lacks_makes_the_unit_unknown_with_the_reason(
    stage: Stage,
) -> None:
    done = result(stage, sell, needs={Capability.REDRIVE})
    assert (done.verdict, done.cases.ran, kinds(done)) == (
        Verdict.UNKNOWN,
        0,
        [UnknownKind.CAPABILITY],
    )
    assert "nothing came back" in done.unknowns[0].why
    assert done.unknowns[0].capabilities == (Capability.REDRIVE,)


def test_a_fault_that_did_not_fire_does_not_count_and_the_budget_falls_short(stage: Stage) -> None:
    done = result(stage, sell, faults=st.just(Plan(faults=(PAYMENT,))))
    assert done.verdict is Verdict.UNKNOWN
    assert (done.cases.counted, done.cases.not_reached) == (0, 5)
    assert UnknownKind.BUDGET in kinds(done)
    assert UnknownKind.NOT_REACHED in kinds(done)


def test_a_fault_that_fired_counts(stage: Stage) -> None:
    done = result(stage, pay, faults=st.just(Plan(faults=(PAYMENT,))))
    assert (done.verdict, done.cases.faults_fired) == (Verdict.PASS, 3)


def test_an_outage_of_the_storys_own_that_nothing_met_does_not_count(stage: Stage) -> None:
    outage = (fault("bank.charge", "error", nth=None), fault("bank.refund", "error", nth=None))

    def in_vain(stage: Stage, amount: int) -> None:
        stage.inject(*outage)
        stage.heal()
        pay(stage, amount)

    done = result(stage, in_vain)
    assert (done.verdict, done.cases.counted) == (Verdict.UNKNOWN, 0)
    assert outage[0].id in done.unknowns[-1].why

    def met(stage: Stage, amount: int) -> None:
        stage.inject(*outage)
        pay(stage, amount)

    assert result(stage, met).verdict is Verdict.PASS


def test_a_numbered_fault_of_the_storys_own_must_happen(stage: Stage) -> None:
    def story(stage: Stage, amount: int) -> None:
        stage.inject(fault("bank.charge", "error"), fault("bank.charge", "error", nth=2))
        pay(stage, amount)

    assert result(stage, story).cases.counted == 0


def test_faults_never_outlive_their_case(stage: Stage) -> None:
    result(stage, pay, faults=st.just(Plan(faults=(PAYMENT,))))
    assert stage.faults.take("bank", "charge") is None


def test_fewer_entities_than_asked_for_is_unknown(stage: Stage) -> None:
    done = result(stage, sell, budget=Budget(cases=2, entities=50))
    assert (done.verdict, kinds(done)) == (Verdict.UNKNOWN, [UnknownKind.BUDGET])


def test_a_law_that_saw_nothing_in_the_whole_unit_is_unknown(stage: Stage) -> None:
    done = result(stage, lambda stage, amount: None)
    assert UnknownKind.NOTHING_SEEN in kinds(done)


def test_another_seed_draws_other_cases_even_where_there_is_only_one(stage: Stage) -> None:
    drawn = []
    for seed in (1, 2):
        unit = ScenarioUnit(
            "s.py::sale",
            Scenario(
                sell, st.integers(0, 99), None, (cast(Law, NoBigSale()),), (), Budget(cases=1)
            ),
        )
        drawn.append(ScenarioRun(unit, stage, seed, logs=lambda *_: ()).result().digest)
    assert drawn[0] != drawn[1]


def test_a_plan_without_faults_does_not_count_where_faults_are_the_point(stage: Stage) -> None:
    done = result(stage, sell, faults=st.just(Plan()))
    assert (done.verdict, done.cases.counted) == (Verdict.UNKNOWN, 0)


def test_a_story_that_breaks_is_a_failure_that_says_where(stage: Stage) -> None:
    def story(stage: Stage, amount: int) -> None:
        sell(stage, amount)
        {}["payment"]

    (finding,) = result(stage, story).findings
    assert (finding.law, "KeyError" in finding.title) == ("story", True)
    assert '{}["payment"]' in finding.detail


class CrashesOnce:
    """A law that breaks on every second history."""

    name = "crashes once"

    def __init__(self) -> None:
        self.asked = 0

    def judge(self, history: History) -> Judgement:
        self.asked += 1
        if self.asked == 2:
            raise ZeroDivisionError
        return Judgement(law=self.name, verdict=Verdict.PASS, saw=1)


def test_a_law_that_crashed_in_one_case_is_not_excused_by_the_others(stage: Stage) -> None:
    done = result(stage, sell, laws=(cast(Law, CrashesOnce()),))
    assert (done.verdict, kinds(done)) == (Verdict.UNKNOWN, [UnknownKind.LAW_ERROR])
