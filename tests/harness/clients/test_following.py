"""Subscribe, then close the gap by a query: each step once and in order, whatever happens."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from harness.clients import Ended, Follower, Message, Standing, Step, Steps
from harness.model import Json


def step(sequence: int, key: str = "a") -> Step:
    return Step.numbered(key, sequence, None)


def numbers(steps: Iterable[Step]) -> list[int]:
    return [s.sequence for s in steps]


def test_a_repeat_is_shown_once() -> None:
    steps = Steps()
    assert numbers(steps.take(step(1))) == [1]
    assert steps.take(step(1)) == []


def test_a_step_waits_for_its_predecessor() -> None:
    steps = Steps()
    assert steps.take(step(2)) == []
    assert steps.missing == ("a",)
    assert numbers(steps.take(step(1))) == [1, 2]
    assert steps.missing == ()


def test_a_query_covers_what_came_before_and_frees_what_comes_after() -> None:
    steps = Steps()
    steps.take(step(3))
    steps.take(step(5))
    assert numbers(steps.catch_up(step(4))) == [4, 5]
    assert steps.missing == ()
    assert steps.take(step(3)) == []


def test_an_old_answer_shows_nothing() -> None:
    steps = Steps()
    steps.take(step(1))
    steps.take(step(2))
    assert steps.catch_up(step(1)) == []


def status(sequence: int, state: str, after: str | None) -> Step:
    return Step.linked("a", sequence, None, state=state, after=after)


def test_numbers_may_have_gaps_where_each_step_says_what_it_comes_after() -> None:
    steps = Steps()
    assert numbers(steps.take(status(1, "new", None))) == [1]
    assert steps.take(status(7, "paid", "matched")) == []
    assert numbers(steps.take(status(4, "matched", "new"))) == [4, 7]


def test_a_number_that_grew_without_a_step_shows_nothing() -> None:
    steps = Steps()
    steps.take(status(1, "new", None))
    assert steps.catch_up(status(3, "new", None)) == []
    assert numbers(steps.take(status(4, "matched", "new"))) == [4]


def test_entities_do_not_wait_for_each_other() -> None:
    steps = Steps()
    assert steps.take(step(2, "a")) == []
    assert numbers(steps.take(step(1, "b"))) == [1]


@given(st.permutations(range(1, 7)), st.lists(st.integers(1, 6)), st.lists(st.integers(1, 6)))
def test_in_any_order_with_any_repeats_each_is_shown_once_in_order(
    order: list[int], repeats: list[int], queries: list[int]
) -> None:
    steps, shown = Steps(), []
    for sequence in [*order, *repeats]:
        shown += numbers(steps.take(step(sequence)))
    assert shown == [1, 2, 3, 4, 5, 6]
    assert [x for q in queries for x in steps.catch_up(step(q))] == []


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 8)), max_size=30))
def test_no_step_is_ever_shown_after_a_later_one(said: list[tuple[bool, int]]) -> None:
    steps, shown = Steps(), []
    for queried, sequence in said:
        take = steps.catch_up if queried else steps.take
        shown += numbers(take(step(sequence)))
    assert shown == sorted(set(shown))


@dataclass
class Said:
    """A subscription whose whole conversation is known beforehand."""

    heard: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    first: Standing | Ended = field(default_factory=lambda: Standing(1))

    async def begin(self) -> Standing | Ended:
        if isinstance(self.first, Standing):
            self.heard.put_nowait(self.first)
        return self.first

    def say(self, *heard: Any) -> None:
        for one in heard:
            self.heard.put_nowait(one)


def followed(said: Said, *answers: list[Json] | None, then: list[Any] | None = None) -> list[Step]:
    """What is shown when the queries are answered like this; ``then`` is said after the first."""
    shown: list[Step] = []
    left = list(answers)

    async def present() -> list[Json] | None:
        answer = left.pop(0) if left else []
        said.say(*(then or []))
        (then or []).clear()
        if not left:
            said.say(Ended())
        return answer

    async def run() -> None:
        follower = Follower(
            cast(Any, said), present, lambda v: v and Step.numbered("a", v["n"], v), shown.append
        )
        async with asyncio.timeout(5):
            await follower.run()

    asyncio.run(run())
    return shown


def test_the_present_is_asked_for_only_once_the_subscription_stands() -> None:
    assert followed(Said(first=Ended(why="refused"))) == []


def test_what_happens_while_the_query_is_under_way_is_not_shown_twice() -> None:
    during = [Message({"n": 2}), Message({"n": 3})]
    shown = followed(Said(), [{"n": 2}], then=during)
    assert [(s.sequence, s.via) for s in shown] == [(2, "query"), (3, "message")]


def test_after_coming_back_it_asks_again() -> None:
    later = [Message({"n": 2}), Standing(2)]
    shown = followed(Said(), [{"n": 1}], [{"n": 5}], then=later)
    assert [(s.sequence, s.via) for s in shown] == [(1, "query"), (2, "message"), (5, "query")]


def test_a_predecessor_that_does_not_come_is_asked_for() -> None:
    shown = followed(Said(), [{"n": 1}], [{"n": 3}], then=[Message({"n": 3})])
    assert [(s.sequence, s.via) for s in shown] == [(1, "query"), (3, "query")]


def test_a_query_that_failed_is_asked_again() -> None:
    shown = followed(Said(), None, [{"n": 1}])
    assert numbers(shown) == [1]
