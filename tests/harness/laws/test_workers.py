"""Who was at an entity when: what a worker began before something was known isn't because of it."""

import pytest

from harness.laws.workers import unaware, wrote_late
from harness.model import History
from tests.harness.laws.telling import Telling


def did(*steps: tuple[float, str, str], source: str = "aws:sqs") -> History:
    """Calls for order a: when, by which invocation, and what."""
    told = Telling()
    for at, invocation, name in steps:
        by = {"invocation": invocation, "cause": {"kind": source}}
        told.call(f"dynamodb.{name}", at, key="a", feed="wire", asked=by)
    return told.history


READ, WRITE = "GetItem", "UpdateItem"
FIRST = ((1.0, "one", READ), (1.5, "one", WRITE))
"""It calls at 1.1 s, that failed at 1.2 s, and it is written down at 1.5 s."""


@pytest.mark.parametrize(
    ("other", "excused"),
    [
        (((1.05, "two", READ), (1.6, "two", WRITE)), True),  # at it before the failure
        (((1.3, "two", READ), (1.6, "two", WRITE)), True),  # before it was written down
        (((1.55, "two", READ), (1.7, "two", WRITE)), False),  # after it could be read
        (((0.1, "two", READ), (0.2, "two", WRITE)), False),  # an earlier step's, long over
        ((), False),  # the same worker calls again
    ],
)
def test_who_is_at_it_before_a_failure_is_written_down_does_not_know_of_it(
    other: tuple[tuple[float, str, str], ...], *, excused: bool
) -> None:
    history = did(*FIRST, *other, (1.8, "one", READ))
    assert unaware(history, "a", one=1.1, known=1.2, other=1.58) is excused


def test_where_nobody_was_seen_nobody_is_excused() -> None:
    assert not unaware(did(), "a", one=1.1, known=1.2, other=1.58)
    of_a_stream = did(*FIRST, (1.05, "two", READ), (1.6, "two", WRITE), source="aws:dynamodb")
    assert not unaware(of_a_stream, "a", one=1.1, known=1.2, other=1.58)


@pytest.mark.parametrize(
    ("read", "late"),
    [(1.9, True), (2.1, False)],  # the redrive was written at 2 s and shown at 2.5 s
)
def test_a_write_is_another_workers_who_began_before_what_was_shown_was_written(
    read: float, *, late: bool
) -> None:
    redriver = ((1.8, "dlq", READ), (2.0, "dlq", WRITE), (2.2, "dlq", WRITE))
    history = did(*redriver[:2], (read, "two", READ), (2.6, "two", WRITE))
    assert wrote_late(history, "a", shown=2.5, until=2.7) is late
    alone = did(*redriver)
    assert not wrote_late(alone, "a", shown=2.1, until=2.7)
