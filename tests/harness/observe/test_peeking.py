from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model import Header, Record
from harness.observe.peeking import Peeked, QueueWatch
from harness.recorder import Recorder, Redaction


def _message(id: str, receives: int = 0, body: str = '{"orderId": "o1"}') -> Peeked:
    return Peeked(id, body, {"retryCount": "1"}, receives, delay=2)


class Stage:
    """Queues that the test fills, on a clock that the test moves."""

    def __init__(self, path: Path) -> None:
        allow = Redaction.allowing(["orderId", "messageId", "receives", "delay", "retryCount"])
        self.recorder = Recorder(path / "history.jsonl", Header(), redact=allow)
        self.queues: dict[str, list[Peeked]] = {}
        self.now = 0.0
        self.told: list[str] = []
        self.watch = QueueWatch(
            lambda: self.queues, {"dead-1": "dead"}, {"work-1"}, ["orderId"], self.recorder,
            clock=lambda: self.now, taps={"tap-1": lambda: self.told.append("tap-1")},
        )  # fmt: skip

    def look(self, **queues: list[Peeked]) -> list[Record]:
        before = len(self.recorder)
        self.queues = {name.replace("_", "-"): found for name, found in queues.items()}
        self.watch.look()
        return list(self.recorder.since(before))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.recorder.close()


def test_a_message_that_appears_is_recorded_with_its_key_and_body(stage: Stage) -> None:
    (record,) = stage.look(dead_1=[_message("m")])
    assert (record.name, record.key) == ("queue.dead", "o1")
    assert record.value == {
        "event": "appeared", "count": 1, "messageId": "m", "receives": 0, "delay": 2,
        "body": {"orderId": "o1"}, "attributes": {"retryCount": "1"},
    }  # fmt: skip


def test_a_message_that_stays_is_recorded_once(stage: Stage) -> None:
    stage.look(dead_1=[_message("m")])
    assert stage.look(dead_1=[_message("m")]) == []


def test_a_message_that_is_received_or_leaves_is_recorded(stage: Stage) -> None:
    stage.look(dead_1=[_message("m")])
    (received,) = stage.look(dead_1=[_message("m", receives=1)])
    (left,) = stage.look()
    assert [received.value["event"], left.value["event"]] == ["received", "disappeared"]
    assert left.value["count"] == 0


def test_queues_without_a_name_are_not_recorded(stage: Stage) -> None:
    assert stage.look(other=[_message("m")], work_1=[_message("n")]) == []


def test_a_tap_is_told_while_its_queue_holds_anything(stage: Stage) -> None:
    stage.look(tap_1=[_message("m")])
    stage.look(tap_1=[])
    stage.look(other=[_message("m")])
    assert stage.told == ["tap-1"]


def test_the_stage_is_quiet_since_work_was_last_seen(stage: Stage) -> None:
    stage.now = 1
    stage.look(work_1=[_message("m")])
    assert stage.watch.quiet_for() == 0
    stage.now = 5
    stage.look(dead_1=[_message("d")])
    assert stage.watch.quiet_for() == 4, "a dead letter without a consumer is no work"


def test_a_change_elsewhere_breaks_the_quiet(stage: Stage) -> None:
    stage.now = 3
    stage.watch.stir()
    stage.now = 4
    stage.look()
    assert stage.watch.quiet_for() == 1


def test_what_lies_in_a_tap_is_still_to_be_seen(stage: Stage) -> None:
    stage.now = 3
    stage.look(tap_1=[_message("m")])
    stage.now = 4
    stage.look()
    assert stage.watch.quiet_for() == 1


def test_only_a_look_that_began_after_somebody_asked_tells_of_quiet(stage: Stage) -> None:
    stage.now = 3
    stage.look()
    assert stage.watch.quiet_for(since=2) == 3
    assert stage.watch.quiet_for(since=3) < 0


def test_before_the_first_look_nothing_is_quiet(stage: Stage) -> None:
    assert stage.watch.quiet_for() < 0
