"""A search, as a person sees it."""

from io import StringIO

from rich.console import Console

from harness.evidence import Broke
from harness.model import Plan, Verdict
from harness.report.chaos import chaos_screen, standing
from harness.search import Candidate, Exploration, Leftout, Outcome, Recorded, Searched, Told
from harness.search.result import SearchResult, stories_of

LOST, SLOW = (
    Candidate(story="s.py::s", plan=Plan(), added=(name,), callers=("Pay",), services=("sqs",))
    for name in ("sqs.SendMessage #1 after lose", "sqs.SendMessage #1 before latency(1 s)")
)


def shown(*explored: Exploration, verdict: Verdict) -> str:
    left = (Leftout(what="Pay: sqs.SendMessage #1: stale read", why="it isn't a read"),)
    recorded = Recorded(story="s.py::s", own=Plan(), spots=(), left=left)
    searched = Searched({"s.py::s": recorded}, {"s.py::s": (LOST, SLOW)})
    searched.explored = {e.id: e for e in explored}
    result = SearchResult(
        run="r", application="shop", target="embedded", seed=0, budget=None, verdict=verdict,
        stories=stories_of(searched), fresh=len(explored), seconds=6.0,
        replays={LOST.id: "replays/s-1.json"},
    )  # fmt: skip
    console = Console(width=160, record=True, file=StringIO())
    console.print(chaos_screen(result, "/evidence"))
    return console.export_text()


def test_fault_coverage_is_said_in_numbers_with_what_was_left_out_and_why() -> None:
    said = shown(
        Exploration(id=SLOW.id, outcome=Outcome.SURVIVED, fired=SLOW.added), verdict=Verdict.PASS
    )
    assert "1 of 2 single faults at 0 points happened (50%), 1 were survived" in said
    assert "left out 1 times: it isn't a read" in said
    assert "event sources" in said
    assert "10 a minute" in said


def test_a_find_names_its_fault_its_law_and_the_command_that_plays_it() -> None:
    broke = (Broke(law="one charge", title="two charges"),)
    said = shown(
        Exploration(id=LOST.id, outcome=Outcome.BROKE, fired=LOST.added, broke=broke, replay="x"),
        verdict=Verdict.FAIL,
    )
    assert "s.py::s + sqs.SendMessage #1 after lose" in said
    assert "one charge: two charges" in said
    assert "stageproof replay replays/s-1.json" in said


def test_how_far_it_is_is_said_with_its_rate_and_the_time_left() -> None:
    told = Told(
        planned=100, explored=40, fresh=30, broke=1, not_reached=2, seconds=15.0, ends=None
    )  # fmt: skip
    assert standing(told) == (
        "40 of 100 explored · 120 a minute · 30 s left · 1 broke · 2 not reached"
    )
