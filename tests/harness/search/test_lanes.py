"""Lanes are processes: started together, heard as they speak, ended together."""

from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.model import HarnessError
from harness.search.lane import LaneStart, Main
from harness.search.lanes import LaneProcess, Lanes
from harness.search.orders import Failed, Up, Warm, Warmed
from tests.harness.search import lane_mains

PATIENCE = 60.0

Make = Callable[[Main], Lanes]


@pytest.fixture
def lanes(tmp_path: Path) -> Make:
    def make(main: Main) -> Lanes:
        start = LaneStart(1, tmp_path / "harness.toml", "fake", 0, "r1", tmp_path, ())
        return Lanes([start], main)

    return make


@pytest.fixture
def line() -> Iterator[tuple[LaneProcess, Connection]]:
    """A lane whose process is a stand-in, and its end of the line."""
    ours, theirs = Pipe()
    ended = SimpleNamespace(name="lane 1", exitcode=-9, join=lambda seconds: None)
    yield LaneProcess(cast(Any, ended), ours), theirs
    ours.close()


def test_one_says_that_it_is_up_does_what_it_is_told_and_ends(lanes: Make, tmp_path: Path) -> None:
    with lanes(lane_mains.obedient) as started:
        (lane,) = started.all
        assert lane.answer() == Up({"lane": "1"})
        lane.give(Warm("s"))
        assert list(started.said(PATIENCE)) == [(lane, Warmed())]
    assert (tmp_path / "ended-1").exists()
    assert lane.process.exitcode == 0


def test_an_interrupt_takes_the_stage_of_a_busy_lane_down(lanes: Make, tmp_path: Path) -> None:
    started = lanes(lane_mains.stubborn)

    def interrupted() -> None:
        with started:
            started.all[0].answer()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (tmp_path / "down").exists()
    assert not started.all[0].process.is_alive()


def test_who_leaves_does_not_wait_for_a_busy_lane(lanes: Make, tmp_path: Path) -> None:
    with lanes(lane_mains.stubborn) as started:
        (lane,) = started.all
        lane.answer()
        lane.give(Warm("s"))
    assert (tmp_path / "down").exists()


def test_one_that_cannot_go_on_says_why(line: tuple[LaneProcess, Connection]) -> None:
    lane, its_end = line
    its_end.send(Failed("no emulator", "Install it."))
    with pytest.raises(HarnessError, match="no emulator"):
        lane.answer()


def test_one_that_died_is_told_with_what_to_do(line: tuple[LaneProcess, Connection]) -> None:
    lane, its_end = line
    its_end.close()
    with pytest.raises(HarnessError, match="lane 1 ended with -9") as told:
        lane.answer()
    assert "run it again to go on" in told.value.mend
    with pytest.raises(HarnessError, match="lane 1 ended with -9"):
        lane.give(Warm("s"))
