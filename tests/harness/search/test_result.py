"""What a search answers for."""

import pytest

from harness.model import Plan, Verdict
from harness.search import Candidate, Exploration, Outcome, Recorded, Searched
from harness.search.result import stories_of, verdict_of


def candidate(name: str, *, several: bool = False) -> Candidate:
    added = (name, "more") if several else (name,)
    callers = ("Pay",) * len(added)
    return Candidate(story="s", plan=Plan(), added=added, callers=callers, services=callers)


A, B, PAIR = candidate("a"), candidate("b"), candidate("a", several=True)


def searched(**outcomes: Outcome) -> Searched:
    """Two single faults and a pair, of which those named were explored."""
    found = {
        c.id: Exploration(
            id=c.id, outcome=outcomes[name], replay="kept", why="so",
            fired=() if outcomes[name] is Outcome.NOT_REACHED else c.added,
        )
        for name, c in {"a": A, "b": B, "pair": PAIR}.items()
        if name in outcomes
    }  # fmt: skip
    recorded = Recorded(story="s", own=Plan(), spots=(), left=())
    return Searched({"s": recorded}, {"s": (A, B)}, [PAIR], found)


S, X, N, U = Outcome.SURVIVED, Outcome.BROKE, Outcome.NOT_REACHED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("outcomes", "budget", "verdict"),
    [
        ({"a": S, "b": S}, None, Verdict.PASS),
        ({"a": S, "b": N}, None, Verdict.UNKNOWN),
        ({"a": S, "b": X}, None, Verdict.FAIL),
        ({"a": S, "b": S, "pair": X}, 60, Verdict.FAIL),
        ({"a": X, "b": U}, None, Verdict.FAIL),
        ({"a": S, "b": U}, None, Verdict.UNKNOWN),
        ({"a": S}, None, Verdict.UNKNOWN),
        ({"a": S}, 60, Verdict.PASS),
        ({"a": N, "b": N}, None, Verdict.UNKNOWN),
        ({}, 60, Verdict.UNKNOWN),
    ],
)
def test_the_worst_wins_and_what_never_happened_is_no_pass(
    outcomes: dict[str, Outcome], budget: float | None, verdict: Verdict
) -> None:
    assert verdict_of(stories_of(searched(**outcomes)), budget)[0] is verdict


@pytest.mark.parametrize(("missed", "verdict"), [(2, Verdict.PASS), (3, Verdict.UNKNOWN)])
def test_a_search_that_mostly_missed_does_not_pass(missed: int, verdict: Verdict) -> None:
    some = [candidate(f"c{n}") for n in range(20)]
    known = {
        c.id: Exploration(
            id=c.id, outcome=N if n < missed else S, fired=() if n < missed else c.added
        )
        for n, c in enumerate(some)
    }
    recorded = Recorded(story="s", own=Plan(), spots=(), left=())
    stories = stories_of(Searched({"s": recorded}, {"s": tuple(some)}, [], known))
    assert verdict_of(stories, None)[0] is verdict


def test_an_unknown_says_why() -> None:
    assert verdict_of(stories_of(searched(a=S)), None)[1] == "1 faults were not explored"
    assert verdict_of(stories_of(searched(a=S, b=U)), None)[1] == f"{B.id}: so"


def test_what_there_was_no_time_for_is_named_and_pairs_are_beside_the_coverage() -> None:
    (story,) = stories_of(searched(a=S, pair=S))
    assert story.not_explored == (B.id,)
    assert [e.id for e in story.explored] == [A.id, PAIR.id]
    assert (story.coverage.whole.planned, story.coverage.whole.explored) == (2, 1)
    assert all(e.replay == "" for e in story.explored)
