"""The waits between attempts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.resilience.schedule import Schedule

PRODUCTION = Schedule((1, 2, 4, 8, 16), cap=30)
CHANCES = st.floats(0, 1, exclude_max=True)
SCHEDULES = st.builds(
    Schedule,
    st.lists(st.floats(0, 100), max_size=8).map(lambda waits: tuple(sorted(waits))),
    cap=st.floats(0.5, 60),
)


def test_there_is_one_more_attempt_than_there_are_waits() -> None:
    assert PRODUCTION.attempts == 6
    assert not PRODUCTION.exhausted(5)
    assert PRODUCTION.exhausted(6)


def test_without_jitter_the_waits_are_those_of_the_schedule() -> None:
    waits = [PRODUCTION.queue_wait_after(attempt, lambda: 0.0) for attempt in range(1, 6)]
    assert waits == [1, 2, 4, 8, 16]


def test_in_a_queue_only_a_wait_of_ten_seconds_or_more_has_jitter() -> None:
    waits = [PRODUCTION.queue_wait_after(attempt, lambda: 0.999) for attempt in range(1, 6)]
    assert waits == [1, 2, 4, 8, 17]


@given(SCHEDULES, st.integers(1, 12), CHANCES)
def test_jitter_lengthens_a_wait_by_at_most_a_tenth_and_never_beyond_the_cap(
    schedule: Schedule, attempt: int, chance: float
) -> None:
    least = schedule.wait_after(attempt, lambda: 0.0)
    wait = schedule.wait_after(attempt, lambda: chance)
    assert least <= wait <= min(least * 1.1 + 1e-9, schedule.cap)


@given(SCHEDULES, st.integers(1, 12), CHANCES)
def test_a_queues_wait_is_whole_seconds_and_keeps_the_same_bounds(
    schedule: Schedule, attempt: int, chance: float
) -> None:
    least = schedule.queue_wait_after(attempt, lambda: 0.0)
    wait = schedule.queue_wait_after(attempt, lambda: chance)
    assert isinstance(wait, int)
    assert least <= wait <= min(math.floor(least * 1.1), math.ceil(schedule.cap))


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        PRODUCTION.wait_after(0, lambda: 0.0)


def test_a_schedule_without_waits_tries_once_and_waits_for_nothing() -> None:
    once = Schedule((), cap=30)
    assert once.exhausted(1)
    assert once.wait_after(1, lambda: 0.5) == 0
