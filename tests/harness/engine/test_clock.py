"""Turns of the clock."""

import threading

import pytest

from harness.engine.clock import Clock


def test_a_turn_that_is_due_while_another_runs_is_left_out() -> None:
    clock, go_on, turns = Clock(), threading.Event(), []

    def turn() -> None:
        turns.append(1)
        go_on.wait(5)

    clock.tick(turn)
    clock.tick(turn)
    go_on.set()
    clock.rest()
    assert len(turns) == 1


def test_turns_follow_one_another() -> None:
    clock, turns = Clock(), []
    for _ in range(3):
        clock.tick(lambda: turns.append(1))
        clock.rest()
    assert len(turns) == 3


def test_what_a_turn_raised_is_raised_when_the_clock_rests() -> None:
    clock = Clock()
    clock.tick(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clock.rest()
