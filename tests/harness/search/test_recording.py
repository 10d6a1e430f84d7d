"""What is searched of a story: the calls that are there every time, on its smallest work."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st

from harness.engine.playing import Played
from harness.engine.scenario import Budget, Scenario, ScenarioUnit
from harness.engine.stage import Stage
from harness.faults import fault
from harness.model import Finding, HarnessError, Header, History, Plan, Record
from harness.search.recording import record, smallest

OWN = fault("bank.charge", "error", nth=3)


def story(stage: Stage, work: tuple[int, ...]) -> None:
    """A sale."""


def unit(search: Any = None, faults: Any = None) -> ScenarioUnit:
    return ScenarioUnit("s.py::s", Scenario(story, st.none(), faults, (), (), Budget(), search))


SALE = unit(st.lists(st.integers(1, 9), min_size=2, max_size=4).map(tuple))


@dataclass
class Recording:
    """Makes these calls, the first time, the second time …: ``FUNCTION service.operation``; from
    the last of them on, the same every time."""

    calls: list[list[str]]
    breaks_at: int = -1
    answers: list[list[str]] = field(default_factory=list)
    """What comes of them, the first time, the second time …; nobody knows where it isn't said."""
    played: list[str] = field(default_factory=list)

    def play(self, case: str, work: object, plan: Plan) -> Played:
        number = len(self.played)
        self.played.append(case)
        calls = self.calls[min(number, len(self.calls) - 1)]
        records = [
            Record(
                call=n, kind="invoke", at=n, feed="wire", name=call.split()[1], cases=(case,),
                held={"function": call.split()[0], "sdkCall": f"{n}"},
            )
            for n, call in enumerate(calls)
        ]  # fmt: skip
        answers = self.answers[number] if number < len(self.answers) else []
        records += [
            Record(
                call=n, kind=answer, at=n, feed="wire", cases=(case,),  # type: ignore[arg-type]
                name=calls[n].split()[1],
            )
            for n, answer in enumerate(answers)
        ]  # fmt: skip
        findings = (Finding(law="l", title="broke"),) if number == self.breaks_at else ()
        return Played(case, findings, (), History(Header(), records), (), ())


def test_the_smallest_work_and_the_smallest_plan_of_its_own_are_played() -> None:
    declared = unit(SALE.scenario.search, st.just(Plan(faults=(OWN,))))
    assert smallest(declared) == ((1, 1), Plan(faults=(OWN,)))


def test_a_story_that_says_no_work_to_search_with_is_told_how() -> None:
    with pytest.raises(HarnessError, match="declares no work") as told:
        smallest(unit())
    assert "search=" in told.value.mend


def test_calls_that_are_mostly_there_are_searched_and_the_others_left_out_with_why() -> None:
    put, get, cold = "Pay dynamodb.PutItem", "Pay dynamodb.GetItem", "Pay kms.Decrypt"
    stage = Recording([[cold, put], [put, put], [put, get], [put], [], [put, put]])
    recorded = record(SALE, stage.play, [])
    assert [str(s) for s in recorded.spots] == ["Pay: dynamodb.PutItem #1"]
    assert {each.what: each.why for each in recorded.left} == {
        "Pay: kms.Decrypt": "only made by a fresh execution environment",
        "Pay: dynamodb.PutItem (further calls)": "not made most of the time: it depends on timing",
        "Pay: dynamodb.GetItem": "not made most of the time: it depends on timing",
    }
    assert recorded.work == [1, 1]
    assert len(stage.played) == 6


def test_the_order_of_spots_is_no_matter_of_pace() -> None:
    put, get, sent = "Pay dynamodb.PutItem", "Pay dynamodb.GetItem", "Ask sqs.SendMessage"
    one, other = Recording([[put, get, sent]]), Recording([[get, sent, put]])
    spots = [record(SALE, stage.play, []).spots for stage in (one, other)]
    assert [str(s) for s in spots[0]] == [str(s) for s in spots[1]]


def test_calls_are_alike_as_they_mostly_were() -> None:
    put = "Pay dynamodb.PutItem"
    alike, unlike = ["ok", "ok"], ["ok", "fail"]
    for answers, kinds in (([alike] * 4 + [unlike] * 2, 1), ([unlike] * 4 + [alike] * 2, 2)):
        stage = Recording([[put, put]], answers=answers)
        assert len({spot.kind for spot in record(SALE, stage.play, []).spots}) == kinds


def test_what_a_schedule_calls_is_left_out() -> None:
    stage = Recording([["Clock dynamodb.Query"]] * 3)
    recorded = record(SALE, stage.play, [], clocked=["Clock"])
    assert recorded.spots == ()
    assert "schedule" in recorded.left[0].why


def test_a_story_that_breaks_without_faults_is_not_searched() -> None:
    with pytest.raises(HarnessError, match="breaks without further faults: l: broke"):
        record(SALE, Recording([[], [], []], breaks_at=1).play, [])


def test_a_cold_stage_may_break_its_promises() -> None:
    assert record(SALE, Recording([[], [], []], breaks_at=0).play, []).spots == ()
