"""Who explores what next: by lanes that are stand-ins, on a clock of its own."""

from collections import deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from harness.faults import Menu, Option
from harness.model import Action, Plan, Point
from harness.search import Exploration, Memory, Outcome, Recorded, Searched, Told, search
from harness.search.exploration import Suspect
from harness.search.orders import Answer, Confirm, Explore, Order, Record, Up, Warm, Warmed
from harness.search.spots import Spot

BANK = Menu(
    "bank",
    tuple(
        Option("charge", "before", Action(do="error", status=status), "the bank is broken")
        for status in (500, 502, 503)
    ),
)
RECORDED = Recorded(
    story="s",
    own=Plan(),
    spots=tuple(
        Spot(to="double", at=Point(service="bank", operation="charge"), nth=nth) for nth in (1, 2)
    ),
    left=(),
)
SINGLES = 6
OUTCOMES = {"503": Outcome.BROKE}


class Lane:
    """Answers at once, when it is asked what it has to say."""

    def __init__(self, heard: list[Order]) -> None:
        self.orders: list[Order] = []
        self.explores = True
        """Else it goes on for ever."""
        self.busy = self.prepares = True
        self._heard = heard
        self.answers: deque[Answer] = deque([Up({"code": "1"})])

    def give(self, order: Order) -> None:
        self.busy, self.prepares = True, isinstance(order, Warm)
        self.orders.append(order)
        self._heard.append(order)
        match order:
            case Warm():
                self.answers.append(Warmed())
            case Record(story):
                spots = RECORDED.spots[: 1 if story == "short" else None]
                if story == "alike":
                    spots = tuple(spot.model_copy(update={"kind": "k"}) for spot in spots)
                told = RECORDED.model_copy(update={"story": story, "spots": spots})
                self.answers.append(told)
            case Explore(candidate) if self.explores:
                fired = candidate.added
                survived = Exploration(id=candidate.id, outcome=Outcome.SURVIVED, fired=fired)
                suspect = Suspect(
                    candidate=candidate, fired=fired, broke=(), replay="{}", seconds=1.0
                )
                self.answers.append(suspect if "503" in candidate.id else survived)
            case Confirm(suspect):
                self.answers.append(Exploration(id=suspect.candidate.id, outcome=Outcome.BROKE))


class Lanes:
    def __init__(self, number: int, *, spare: int = 0) -> None:
        self.first = number
        self.orders: list[Order] = []
        """What all of them were told, in order."""
        self.all = [Lane(self.orders) for _ in range(number)]
        self._spare = spare

    def more(self) -> Lane | None:
        if not self._spare:
            return None
        self._spare -= 1
        self.all.append(Lane(self.orders))
        return self.all[-1]

    def said(self, seconds: float) -> Iterator[tuple[Lane, Answer]]:
        for lane in self.all:
            if lane.answers:
                lane.busy = False
                yield lane, lane.answers.popleft()

    @property
    def explored(self) -> list[str]:
        return [o.candidate.id for lane in self.all for o in lane.orders if isinstance(o, Explore)]


def searched(
    lanes: Lanes,
    folder: Path,
    *,
    budget: float | None = None,
    told: list[Told] | None = None,
    stories: tuple[str, ...] = ("s",),
    every: bool = False,
    first: bool = False,
    machine: "Machine | None" = None,
) -> Searched:
    ticks = count()
    return search(
        cast(Any, lanes), stories, lambda digests: Memory(folder, digests["code"]), {"bank": BANK},
        budget=budget, every=every, first=first, machine=cast(Any, machine),
        told=(told if told is not None else []).append, clock=lambda: float(next(ticks)),
    )  # fmt: skip


def test_stories_are_recorded_on_a_quiet_machine(tmp_path: Path) -> None:
    lanes = Lanes(3)
    searched(lanes, tmp_path, stories=("s", "short"))
    assert [type(order) for order in lanes.orders[:2]] == [Record, Record]
    assert [type(order) for order in lanes.orders].count(Warm) == 4  # two stories, two lanes more


@pytest.mark.parametrize("number", [1, 2, 5])
def test_every_single_fault_is_explored_once_by_however_many_lanes(
    tmp_path: Path, number: int
) -> None:
    lanes = Lanes(number)
    found = searched(lanes, tmp_path)
    assert len(lanes.explored) == len(set(lanes.explored)) == SINGLES == len(found.explored)
    assert [e.outcome for e in found.explored.values()].count(Outcome.BROKE) == 2
    assert found.together == []


def test_one_lane_records_and_the_others_warm_up(tmp_path: Path) -> None:
    lanes = Lanes(3)
    searched(lanes, tmp_path)
    assert [type(lane.orders[0]) for lane in lanes.all] == [Record, Warm, Warm]


def test_the_story_with_the_fewest_faults_comes_first(tmp_path: Path) -> None:
    lanes = Lanes(1)
    searched(lanes, tmp_path, stories=("long", "short"))
    assert [e.split(" ")[0] for e in lanes.explored] == ["short"] * 3 + ["long"] * 6


def test_a_second_search_explores_nothing_again_and_says_the_same(tmp_path: Path) -> None:
    before = searched(Lanes(2), tmp_path)
    lanes = Lanes(2)
    after = searched(lanes, tmp_path)
    assert lanes.explored == []
    assert not any(isinstance(o, Record) for lane in lanes.all for o in lane.orders)
    assert (after.explored, after.alone) == (before.explored, before.alone)


def test_a_search_that_was_cut_short_goes_on_where_it_was(tmp_path: Path) -> None:
    first, second = Lanes(1), Lanes(1)
    searched(first, tmp_path, budget=12)
    assert 0 < len(first.explored) < SINGLES
    searched(second, tmp_path)
    assert set(first.explored) & set(second.explored) == set()
    assert len(first.explored) + len(second.explored) == SINGLES


def test_what_others_alike_stand_for_is_explored_when_every_call_is_asked_for(
    tmp_path: Path,
) -> None:
    some = searched(Lanes(1), tmp_path, stories=("alike",))
    assert (len(some.alone["alike"]), len(some.alike["alike"])) == (3, 3)
    lanes = Lanes(1)
    all_ = searched(lanes, tmp_path, stories=("alike",), every=True)
    assert len(lanes.explored) == 3
    assert (len(all_.alone["alike"]), all_.alike["alike"]) == (6, ())
    again = searched(Lanes(1), tmp_path, stories=("alike",))
    assert len(again.alone["alike"]) == 6, "what was explored once counts"


def test_the_first_that_breaks_something_ends_a_search_that_asks_for_no_more(
    tmp_path: Path,
) -> None:
    lanes = Lanes(1)
    searched(lanes, tmp_path, first=True)
    assert ["503" in each for each in lanes.explored] == [False] * (len(lanes.explored) - 1) + [
        True
    ]
    assert len(lanes.explored) < SINGLES


def test_what_broke_is_confirmed_by_somebody_else_if_there_is_somebody(tmp_path: Path) -> None:
    alone, two = Lanes(1), Lanes(2)
    assert Outcome.BROKE in {e.outcome for e in searched(alone, tmp_path / "1").explored.values()}
    assert Outcome.BROKE in {e.outcome for e in searched(two, tmp_path / "2").explored.values()}
    for lane in two.all:
        confirmed = {o.suspect.candidate.id for o in lane.orders if isinstance(o, Confirm)}
        explored = {o.candidate.id for o in lane.orders if isinstance(o, Explore)}
        assert not confirmed & explored


def test_what_is_found_is_not_kept_waiting_by_who_still_explores(tmp_path: Path) -> None:
    lanes = Lanes(2)
    lanes.all[1].explores = False
    found = searched(lanes, tmp_path, first=True)
    assert Outcome.BROKE in {e.outcome for e in found.explored.values()}
    assert isinstance(lanes.all[1].orders[-1], Explore), "it was given something to do"


@pytest.mark.parametrize("budget", [5, None])
def test_nobody_waits_for_a_lane_that_makes_ready_for_what_is_over(
    tmp_path: Path, budget: float | None
) -> None:
    lanes = Lanes(2)
    lanes.all[1].answers.clear()
    found = searched(lanes, tmp_path, budget=budget)
    assert lanes.all[1].busy
    assert len(found.explored) == (SINGLES if budget is None else found.fresh)
    assert found.fresh > 0


def test_what_broke_is_confirmed_though_time_is_up(tmp_path: Path) -> None:
    for budget in range(1, 20):
        found = searched(Lanes(2), tmp_path / str(budget), budget=budget)
        assert len(found.explored) == found.fresh
        breaking = [c for c in found.explored if "503" in c]
        assert {found.explored[c].outcome for c in breaking} <= {Outcome.BROKE}


def test_time_that_is_left_goes_to_several_faults_at_once(tmp_path: Path) -> None:
    lanes = Lanes(1)
    found = searched(lanes, tmp_path, budget=60)
    assert len(lanes.explored) > SINGLES
    assert all(len(c.added) > 1 for c in found.together)
    assert lanes.explored[:SINGLES] == [c.id for c in found.alone["s"]]


def test_when_all_is_explored_a_budget_is_not_waited_for(tmp_path: Path) -> None:
    found = searched(Lanes(2), tmp_path, budget=1e9)
    assert len(found.together) == 9  # three faults at the first call times three at the second


def test_how_far_it_is_is_told_with_its_rate(tmp_path: Path) -> None:
    told: list[Told] = []
    searched(Lanes(2), tmp_path, told=told)
    assert (told[-1].planned, told[-1].explored, told[-1].broke) == (SINGLES, SINGLES, 2)
    assert told[-1].left == 0
    assert told[-1].rate == pytest.approx(60 * SINGLES / told[-1].seconds)


class Machine:
    """Says of itself what it was made to."""

    def __init__(self, *, room: bool = False, full: bool = False) -> None:
        self.room, self.full, self.lanes = room, full, 0

    def has_room(self) -> bool:
        return self.room

    def is_full(self) -> bool:
        return self.full

    def started(self) -> None:
        self.lanes += 1


def test_lanes_are_added_while_the_machine_has_room_and_they_are_worth_it(tmp_path: Path) -> None:
    lanes, roomy = Lanes(1, spare=9), Machine(room=True)
    found = searched(lanes, tmp_path, machine=roomy)
    assert roomy.lanes == 1, "a second lane still has four to explore, a third hasn't"
    assert [type(lane.orders[0]) for lane in lanes.all] == [Record, Warm]
    assert len(lanes.explored) == len(set(lanes.explored)) == SINGLES == len(found.explored)


def test_a_full_machine_gets_no_more_lanes_and_lets_the_first_ones_go_on(tmp_path: Path) -> None:
    lanes, full = Lanes(2, spare=9), Machine(full=True)
    searched(lanes, tmp_path, machine=full)
    assert full.lanes == 0
    assert len(lanes.explored) == SINGLES
