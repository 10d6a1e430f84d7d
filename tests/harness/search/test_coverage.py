"""How much of what can go wrong was tried."""

from harness.model import Plan
from harness.search import Candidate, Exploration, Outcome, coverage_of


def candidate(name: str, caller: str = "Pay", service: str = "sqs") -> Candidate:
    return Candidate(
        story="s", plan=Plan(), added=(name,), callers=(caller,), services=(service,)
    )  # fmt: skip


def explored(of: Candidate, outcome: Outcome, *, fired: bool = True) -> Exploration:
    return Exploration(id=of.id, outcome=outcome, fired=of.added if fired else ())


A, B, C, D = candidate("a"), candidate("b", "Match"), candidate("c", "Match", "sns"), candidate("d")
KNOWN = {
    A.id: explored(A, Outcome.SURVIVED),
    B.id: explored(B, Outcome.NOT_REACHED, fired=False),
    C.id: explored(C, Outcome.BROKE),
}


def test_what_was_planned_is_counted_by_what_came_of_it() -> None:
    whole = coverage_of("s", 3, [A, B, C, D], KNOWN).whole
    assert (whole.planned, whole.explored, whole.fired) == (4, 3, 2)
    assert (whole.survived, whole.not_reached, whole.broke, whole.unknown) == (1, 1, 1, 0)
    assert whole.share == 0.5  # what didn't happen covers nothing


def test_it_is_told_by_function_and_by_service() -> None:
    coverage = coverage_of("s", 3, [A, B, C, D], KNOWN)
    assert {n: (c.planned, c.explored) for n, c in coverage.by_function.items()} == {
        "Pay": (2, 1), "Match": (2, 2),
    }  # fmt: skip
    assert {n: c.planned for n, c in coverage.by_service.items()} == {"sqs": 3, "sns": 1}


def test_nothing_planned_is_all_of_it() -> None:
    assert coverage_of("s", 0, [], {}).whole.share == 1
