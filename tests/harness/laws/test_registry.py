from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.laws import (
    BaseLaw,
    LawError,
    announced,
    answers_within,
    at_most_once,
    breaker,
    check,
    dead_letters,
    dump,
    effect,
    faults_fired,
    from_parameter,
    graph,
    heard,
    idempotent,
    judge_all,
    legal_transitions,
    load,
    never_final_without,
    no_secret,
    nothing_lost,
    one_charge_applied,
    owners_only,
    recheck,
    refused_writes_nothing,
    retries,
    settles,
    totals,
    window_limit,
    writes_trace_to_accepted_requests,
)
from harness.model import Header, History, Judgement, UnknownKind, Verdict
from harness.recorder import HistoryError, Recorder
from tests.harness.laws.telling import Telling

ORDER = "order.status"
CHARGE = effect("pay.charge")
STEPS = {"NEW": ["MATCHED"], "MATCHED": ["PAID"], "PAID": ["DONE"]}
LIFE = legal_transitions(ORDER, graph(["NEW"], ["DONE"], STEPS))
EVERY_LAW: Sequence[BaseLaw] = (
    LIFE,
    announced(ORDER, "bus.order.status", 5),
    answers_within("POST /orders", ("PAID",), from_parameter("Wait"), entity=ORDER),
    at_most_once("mail.sent", "to"),
    breaker(("pay.charge",), 5, from_parameter("Recovery", times=2), lease=1),
    dead_letters(
        "queue.dlq", from_parameter("Delays"), entity=ORDER, count="n", attention="HELP",
        alert=effect("topic.ops"),
    ),
    faults_fired("one"),
    heard("onMoved", "POST /orders", 5, entity=ORDER),
    idempotent("POST /orders"),
    never_final_without("DONE", CHARGE, entity=ORDER),
    no_secret(),
    nothing_lost("POST /orders", ("DONE",), entity=ORDER),
    one_charge_applied(CHARGE, effect("pay.refund"), entity=ORDER, identity="reference"),
    owners_only("POST /orders", ("GET /orders/{id}",), entity="order"),
    refused_writes_nothing("POST /orders", effect(ORDER, event="INSERT")),
    retries("pay.charge", (1.0, 2.0)),
    settles(ORDER, ("DONE",), 5),
    totals("GET /orders/{id}", {"rice": 5}),
    window_limit("POST /orders", from_parameter("Limits", "standard")),
    writes_trace_to_accepted_requests(ORDER, "POST /orders"),
)  # fmt: skip


class Crashing:
    name = "crashing"

    def judge(self, history: History) -> Judgement:
        raise ZeroDivisionError("oops")


@pytest.mark.parametrize("law", EVERY_LAW, ids=lambda law: law.kind)
def test_a_law_comes_back_from_a_header_as_it_was(law: BaseLaw) -> None:
    written = Header(laws=(dump(law),)).model_dump_json()
    assert load(Header.model_validate_json(written).laws[0]) == law


@pytest.mark.parametrize("law", EVERY_LAW, ids=lambda law: law.kind)
def test_a_law_says_what_it_holds_and_is_unknown_on_an_empty_history(law: BaseLaw) -> None:
    assert len(type(law).__doc__ or "") > 60
    (judged,) = judge_all(Telling(Wait="1", Recovery="1", Delays="1").history, [law])
    assert judged.verdict is Verdict.UNKNOWN
    assert judged.law == law.name
    assert judged.why
    assert judged.unknown is not None


def test_a_law_that_crashes_is_unknown_and_the_others_are_judged() -> None:
    crashed, passed = judge_all(Telling().life("a", "NEW").history, [Crashing(), LIFE])
    assert (crashed.verdict, crashed.unknown) == (Verdict.UNKNOWN, UnknownKind.LAW_ERROR)
    assert crashed.why == "ZeroDivisionError: oops"
    assert passed.verdict is Verdict.PASS


def test_a_parameter_that_is_not_in_the_header_is_unknown_and_named() -> None:
    law = settles(ORDER, ("DONE",), from_parameter("Wait"))
    (judged,) = judge_all(Telling().life("a", "NEW").history, [law])
    assert judged.verdict is Verdict.UNKNOWN
    assert "names no parameter Wait" in judged.why


def test_a_parameter_that_is_no_number_is_unknown_and_shown() -> None:
    law = settles(ORDER, ("DONE",), from_parameter("Wait"))
    (judged,) = judge_all(Telling(Wait="soon").life("a", "NEW").history, [law])
    assert "Wait is ['soon'], not one number" in judged.why


def test_a_law_of_an_unknown_kind_cannot_be_rebuilt() -> None:
    with pytest.raises(LawError, match="crashing"):
        load(dump(Crashing()))


def recorded(tmp_path: Path, *laws: dict[str, object]) -> Recorder:
    return Recorder(tmp_path / "history.jsonl", Header(laws=laws))


def test_a_file_is_judged_again_by_the_laws_of_its_header(tmp_path: Path) -> None:
    recorder = recorded(tmp_path, dump(LIFE), dump(Crashing()))
    recorder.observe(ORDER, key="a", value={"event": "INSERT", "from": None, "to": "PAID"})
    recorder.close()
    life, other = check(tmp_path / "history.jsonl")
    assert life.verdict is Verdict.FAIL
    assert "began in PAID" in life.findings[0].title
    assert (other.verdict, other.unknown) == (Verdict.UNKNOWN, UnknownKind.LAW_ERROR)


def test_a_file_that_is_no_history_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(HistoryError, match="not the header"):
        check(tmp_path / "x")


def test_a_units_law_judges_only_its_own_cases_again(tmp_path: Path) -> None:
    law = settles(ORDER, ("DONE",), 1)
    recorder = recorded(tmp_path, dump(law, unit="s.py::quick"), dump(law, unit="s.py::other"))
    for case, states in (("s.py::quick#1", ["DONE"]), ("s.py::slow#1", ["NEW"])):
        with recorder.case(case):
            for state in states:
                recorder.observe(ORDER, key=case, value={"event": "INSERT", "to": state})
    with recorder.case("s.py::slow#1"):
        recorder.observe("case.settled", value={"quiet": True})
    quick, other = recheck(recorder.history)
    recorder.close()
    assert (quick.verdict, quick.saw) == (Verdict.PASS, 1)
    assert (other.verdict, other.why) == (Verdict.UNKNOWN, "no case of its unit was recorded")
