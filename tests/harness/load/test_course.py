"""An outage while journeys begin, and what is counted of them meanwhile."""

from typing import Any

import pytest

from harness.config import LoadSettings
from harness.load.outage import Course, Outage
from harness.load.run import Standing, Watch
from harness.model import Action, Fault, Point
from tests.harness.laws.telling import Telling

DOWN = Fault(at=Point(service="till", operation="pay"), nth="every", do=Action(do="error"))


class Stage:
    """What an outage does to a stage, and when; its clock stands where the test puts it."""

    def __init__(self) -> None:
        self.recorder = self
        self.clock = 0.0
        self.done: list[tuple[float, str]] = []

    def now(self) -> float:
        return self.clock

    def inject(self, *faults: Fault) -> None:
        assert faults == (DOWN,)
        self.done.append((self.clock, "down"))

    def heal(self) -> None:
        self.done.append((self.clock, "up"))


@pytest.fixture
def stage() -> Any:
    return Stage()


def course(seconds: float = 20) -> Course:
    return Course(Outage(service="till", seconds=seconds), (DOWN,))


def taken(one: Course, stage: Any, *looks: tuple[float, float]) -> list[tuple[float, str]]:
    """What happens when it is looked at: at which time, with which share begun."""
    for stage.clock, share in looks:
        one.look(stage, share)
    done: list[tuple[float, str]] = stage.done
    return done


def test_it_begins_and_ends_at_shares_of_the_journeys_once(stage: Any) -> None:
    looks = ((1, 0.2), (2, 0.3), (3, 0.5), (4, 0.7), (5, 0.9))
    assert taken(course(), stage, *looks) == [(2, "down"), (4, "up")]


def test_customers_who_all_wait_do_not_keep_it_going(stage: Any) -> None:
    looks = ((2, 0.3), (11, 0.3), (12, 0.3), (13, 0.3))
    assert taken(course(seconds=10), stage, *looks) == [(2, "down"), (12, "up")]


def test_it_is_over_when_the_load_is(stage: Any) -> None:
    one = course()
    taken(one, stage, (2, 0.3))
    stage.clock = 6
    one.end(stage)
    one.end(stage)
    assert stage.done == [(2, "down"), (6, "up")]
    assert (one.began, one.ended) == (2, 6)


def test_one_that_never_began_ends_nothing(stage: Any) -> None:
    one = course()
    one.end(stage)
    assert stage.done == []
    assert one.ended is None


SETTINGS = LoadSettings.model_validate({
    "locustfile": "l.py", "prepare": "a:b", "begins": ["POST /orders"], "entity": "order.status",
    "ends": ["DONE"], "spans": {"to done": {"to": ["DONE"], "p99": 60}},
})  # fmt: skip


def test_journeys_are_counted_once_however_often_they_are_asked_for() -> None:
    told = Telling().call("POST /orders", 0, key="a").call("POST /orders", 1, key="a")
    told.call("POST /orders", 2, "fail", key="b").call("GET /orders", 3, "info", status=500)
    told.life("a", "NEW", "DONE", at=4)
    watch = Watch(SETTINGS, Standing(wanted=2))
    records = told.history.records
    watch.see(records[:3])
    watch.see(records[3:])
    assert watch.standing == Standing(wanted=2, begun=1, ended=1, failed=1)
