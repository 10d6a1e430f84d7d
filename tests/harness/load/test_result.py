"""The verdict of a load: the laws', and the figures it must keep to."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from harness.config import LoadSettings
from harness.load.attribution import Explained, Where
from harness.load.journeys import statistics
from harness.load.machine import Machine
from harness.load.result import Down, LoadResult, Span, judged
from harness.model import Finding, UnitResult, Unknown, UnknownKind, Verdict
from harness.report.load import load_screen

SETTINGS = LoadSettings.model_validate({
    "locustfile": "l.py", "prepare": "a:b", "begins": ["POST /orders"], "entity": "order.status",
    "ends": ["DONE"], "spans": {"to done": {"to": ["DONE"], "p99": 60, "aim": 15}},
})  # fmt: skip


def span(*seconds: float) -> Span:
    return Span(name="to done", to=("DONE",), required=60, aim=15, took=statistics(seconds))


def result(**changed: Any) -> LoadResult:
    known: dict[str, Any] = {
        "run": "r", "application": "shop", "target": "embedded", "seed": 0, "users": 2,
        "wanted": 4, "begun": 4, "ended": 4, "resting": {"DONE": 4}, "seconds": 10.0,
        "success": 1.0, "spans": (span(1, 2, 3, 4),), "requests": (), "errors": {},
        "all": Explained(), "slowest": Explained(), "slowest_share": 0.05,
        "machine": Machine(cores=2, busy=0.5),
    }  # fmt: skip
    return LoadResult(**(known | changed))


def whole(*findings: Finding, unknowns: tuple[Unknown, ...] = ()) -> UnitResult:
    verdict = Verdict.FAIL if findings else Verdict.PASS
    return UnitResult(
        unit="history-load", title="", kind="scenario", verdict=verdict, findings=findings,
        unknowns=unknowns, laws={"no order is lost": verdict},
    )  # fmt: skip


def test_lawful_and_quick_enough_is_a_pass() -> None:
    assert judged(result(), whole(), SETTINGS).verdict is Verdict.PASS


def test_a_broken_law_fails_it() -> None:
    told = judged(result(), whole(Finding(law="no order is lost", title="o1 is lost")), SETTINGS)
    assert told.verdict is Verdict.FAIL
    assert told.laws == {"no order is lost": Verdict.FAIL}


@pytest.mark.parametrize(
    ("seconds", "says"), [((1.0, 61.0), "p99 is 61.0 s"), ((1.0, float("inf")), "p99 is never")]
)
def test_too_slow_fails_it_and_what_never_came_is_too_slow(
    seconds: tuple[float, ...], says: str
) -> None:
    told = judged(result(spans=(span(*seconds),)), whole(), SETTINGS)
    assert told.verdict is Verdict.FAIL
    assert says in told.findings[0].title
    assert told.findings[0].reproduce == "stageproof load --users 2 --journeys 4 --seed 0"


def test_a_journey_without_an_end_fails_it_by_the_share_that_must_have_one() -> None:
    told = judged(result(ended=3, resting={"DONE": 3, "OPEN": 1}), whole(), SETTINGS)
    assert told.verdict is Verdict.FAIL
    assert "3 of 4 journeys came to their end (75.0%)" in told.findings[0].title
    enough = judged(result(ended=3, success=0.7), whole(), SETTINGS)
    assert enough.verdict is Verdict.PASS


def test_fewer_journeys_than_were_wanted_show_nothing() -> None:
    told = judged(result(begun=3, ended=3), whole(), SETTINGS)
    assert told.verdict is Verdict.UNKNOWN
    assert "3 of 4 were accepted" in told.unknowns[0].why


def test_an_outage_that_nobody_met_shows_nothing() -> None:
    down = Down(service="till", began=1, ended=2, fired=0)
    assert judged(result(outage=down), whole(), SETTINGS).verdict is Verdict.UNKNOWN
    met = Down(service="till", began=1, ended=2, fired=3)
    assert judged(result(outage=met), whole(), SETTINGS).verdict is Verdict.PASS


def test_what_the_target_was_measured_to_lack_leaves_the_verdict_alone() -> None:
    lack = Unknown(kind=UnknownKind.CAPABILITY, what="watching", why="no streams")
    assert judged(result(), whole(unknowns=(lack,)), SETTINGS).verdict is Verdict.PASS


def shown(told: LoadResult) -> str:
    console = Console(width=160, record=True, file=StringIO())
    console.print(load_screen(told))
    return console.export_text()


def test_the_screen_shows_the_figures_beside_what_is_asked_for() -> None:
    said = shown(judged(result(spans=(span(1, 2, 3, 20),)), whole(), SETTINGS))
    assert "to done" in said
    assert "20.00 s" in said
    assert "< 60 s" in said
    assert "< 15 s missed" in said
    assert "✔ PASS · load of shop on embedded" in said
    assert "4 of 4 journeys begun, 4 ended (100.0%): 4 DONE" in said
    assert "laws: 1 pass" in said
    assert "2 cores, 50% busy" in said


def test_the_picture_has_a_bar_for_each_function_and_names_the_bottleneck() -> None:
    spent = {"Submit": {Where.GATEWAY: 1.0}, "Pay": {Where.QUEUE: 3.0, Where.AWS: 1.0}}
    told = Explained(journeys=4, seconds=5.0, by_function=spent)
    lines = shown(result(all=told, slowest=told)).splitlines()
    pay = next(line for line in lines if line.strip().startswith("Pay"))
    submit = next(line for line in lines if line.strip().startswith("Submit"))
    assert (pay.count("█"), pay.count("▒"), submit.count("╱")) == (30, 10, 10)
    assert any("bottleneck: queue wait at Pay, 3.00 of 5.00 s" in line for line in lines)


def test_what_customers_met_and_an_outage_are_told() -> None:
    down = Down(service="till", began=10, ended=30, fired=7)
    said = shown(result(errors={"GET /orders: 503": 7}, outage=down))
    assert "     7  GET /orders: 503" in said
    assert "till was down from 10 to 30 s and failed 7 calls" in said
