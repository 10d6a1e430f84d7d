"""Which laws are about what can't be seen on a stage."""

from harness.engine.blindness import about
from harness.laws import breaker
from harness.model import Law

UNSEEN = {"bus.": "watching a bus would make a queue", "pay.": "no double stands in here"}


def _breaker(calls: tuple[str, ...]) -> Law:
    return breaker(calls, 5, 2.0, lease=2, name="a breaker")


def test_a_law_that_names_records_of_a_missing_double_is_about_them() -> None:
    assert about(_breaker(("pay.initialize",)), UNSEEN) == (
        "it is about pay.initialize: no double stands in here"
    )


def test_a_law_about_what_is_seen_is_judged() -> None:
    assert about(_breaker(("shipping.book",)), UNSEEN) is None


def test_where_everything_is_seen_every_law_is_judged() -> None:
    assert about(_breaker(("pay.initialize",)), {}) is None
