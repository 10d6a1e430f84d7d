import pytest

from harness.laws.provider import Fate, attempts
from harness.model import Kind
from tests.harness.laws.telling import Telling


@pytest.mark.parametrize(
    ("kind", "status", "reason", "took", "fate", "known"),
    [
        ("ok", 200, None, 0.1, Fate.PASSED, 0.1),
        ("fail", 404, None, 0.1, Fate.PASSED, 0.1),
        ("fail", 429, None, 0.1, Fate.FAILED, 0.1),
        ("info", 503, None, 0.1, Fate.FAILED, 0.1),
        ("info", None, "reset", 0.1, Fate.FAILED, 0.1),
        ("info", None, "lose", 0.1, Fate.FAILED, 0.1),
        ("info", 200, "the caller had gone", 0.9, Fate.FAILED, 0.9),
        ("info", 200, "the caller had gone", 0.1, Fate.MAYBE, 0.1),
        ("info", 200, "malformed", 0.1, Fate.MAYBE, 0.1),
        ("info", None, "kill", 0.1, Fate.MAYBE, 0.1),
        ("ok", 200, None, 1.5, Fate.FAILED, 1.0),
        ("ok", 200, None, 0.9, Fate.MAYBE, 0.9),
        (None, None, None, 0.0, Fate.FAILED, 1.0),
    ],
)
def test_a_call_is_what_its_caller_experienced(
    kind: Kind | None, status: int | None, reason: str | None, took: float, fate: Fate, known: float
) -> None:
    told = Telling().call("pay.x", 0, kind, feed="double", took=took, status=status, reason=reason)
    (attempt,) = attempts(told.history, ("pay.x",), timeout=1.0)
    assert (attempt.fate, attempt.known) == (fate, known)


def test_an_open_call_of_a_caller_without_a_known_time_out_tells_nothing() -> None:
    told = Telling().call("pay.x", 0, None, feed="double")
    (attempt,) = attempts(told.history, ("pay.x",), timeout=None)
    assert (attempt.fate, attempt.known) == (Fate.MAYBE, float("inf"))


def test_calls_of_several_names_come_in_the_order_in_which_they_began() -> None:
    told = Telling().call("b", 1, feed="double").call("a", 2, feed="double")
    told.call("b", 3, feed="double")
    assert [a.began for a in attempts(told.history, ("a", "b"), None)] == [1, 2, 3]
