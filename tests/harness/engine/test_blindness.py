"""Which laws are about what can't be seen on a stage."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import strategies as st

from harness.engine.blindness import about, blinded
from harness.engine.runner import ScenarioRun
from harness.engine.scenario import Budget, Scenario, ScenarioUnit
from harness.engine.stage import Stage
from harness.engine.whole import judge_whole
from harness.laws import answers_within, breaker, graph, legal_transitions
from harness.model import Capability, Law, Measured, UnknownKind, Verdict
from harness.observe import Blind

UNSEEN = {
    "bus.": Measured(Capability.BUS_TO_QUEUE, False, "watching a bus would make a queue"),
    "pay.": Measured(Capability.CONTROL, False, "no double stands in here"),
}
LIFECYCLE = legal_transitions("loan.state", graph(["LENT"], ["BACK"], {"LENT": ["BACK"]}), name="l")
IN_TIME = answers_within("POST /loans", ("LENT",), 5, entity="loan.state", name="in time")
DENIED = Blind(
    "the stream of Loans", Capability.STREAM_READ, "not allowed (AccessDenied)", ("loan.state",)
)


def _breaker(calls: tuple[str, ...]) -> Law:
    return breaker(calls, 5, 2.0, lease=2, name="a breaker")


def test_a_law_that_names_records_of_a_missing_double_is_about_them() -> None:
    assert about(_breaker(("pay.initialize",)), UNSEEN) == Measured(
        Capability.CONTROL, False, "it is about pay.initialize: no double stands in here"
    )


def test_a_law_about_what_is_seen_is_judged() -> None:
    assert about(_breaker(("shipping.book",)), UNSEEN) is None


def test_where_everything_is_seen_every_law_is_judged() -> None:
    assert about(_breaker(("pay.initialize",)), {}) is None


def _unable_to_read_the_table(stage: Stage) -> Stage:
    stage.deployed = replace(
        stage.deployed,
        capabilities={c: Measured(c, has=True, how="") for c in Capability},
    )
    cast(Any, stage.observer).blind = (DENIED,)
    return stage


def test_a_law_about_a_table_whose_stream_may_not_be_read_is_blinded(stage: Stage) -> None:
    stage = _unable_to_read_the_table(stage)
    assert list(blinded([LIFECYCLE, IN_TIME, _breaker(("bus.x",))], stage)) == ["l", "in time"]
    cast(Any, stage.observer).blind = ()
    assert not blinded([LIFECYCLE, IN_TIME], stage)


def _lends(stage: Stage, _: int) -> None:
    call = stage.recorder.invoke("client", "POST /loans", key=f"{stage.case}-1")
    stage.recorder.complete(call, "ok", key=f"{stage.case}-1", value={"status": 202})


def test_a_scenarios_blinded_laws_are_listed_and_change_nothing_else(stage: Stage) -> None:
    story = Scenario(
        _lends, st.integers(0, 9), None, (LIFECYCLE, IN_TIME), (), Budget(cases=2, entities=1)
    )
    run = ScenarioRun(
        ScenarioUnit("lend.py::lend", story), _unable_to_read_the_table(stage), 7,
        logs=lambda *_: (),
    )  # fmt: skip
    result = run.result()
    assert (result.verdict, result.findings) == (Verdict.PASS, ())
    assert [(u.what, u.kind) for u in result.unknowns] == [
        ("l", UnknownKind.CAPABILITY), ("in time", UnknownKind.CAPABILITY),
    ]  # fmt: skip
    assert "loan.state: not allowed (AccessDenied)" in result.unknowns[0].why
    assert result.unknowns[0].capabilities == (Capability.STREAM_READ,)


def test_laws_of_the_whole_history_that_are_blinded_are_excused(stage: Stage) -> None:
    stage = _unable_to_read_the_table(stage)
    cast(Any, stage.observer).logs = SimpleNamespace(behind=lambda *_: ())
    _lends(stage, 1)
    run = SimpleNamespace(worker="main", seed=0)
    told = judge_whole(stage, cast(Any, run), [LIFECYCLE, IN_TIME])
    assert {u.what for u in told.unknowns} == {"l", "in time", "watching"}
    assert all(u.excused and u.capabilities == (Capability.STREAM_READ,) for u in told.unknowns)
