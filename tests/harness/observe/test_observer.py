# ruff: noqa: S310 (loopback only)
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from harness.model import Header, Record, Stage
from harness.observe import ObserveError, Observer, ObserveSettings, TableSettings
from harness.recorder import Recorder, Redaction
from harness.targets import Aws, EmbeddedTarget, Endpoint, TargetSettings

SETTINGS = ObserveSettings(
    tables={
        "Table": TableSettings(
            entity="thing", key="thingId", state="state", fields=("size",), beside=("told",)
        )
    },
    buses=("BusName",),
    topics=("TopicArn",),
    queues={"DeadUrl": "dead"},
    key=("thingId",),
)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(
        tmp_path / "history.jsonl", Header(), redact=Redaction.allowing(["thingId", "size"])
    )
    yield made
    made.close()


@pytest.fixture
def observer(small: Stage, recorder: Recorder) -> Iterator[Observer]:
    made = Observer(small, SETTINGS, recorder)
    made.start()
    yield made
    made.stop()


def _put(stage: Stage, thing: str) -> int:
    request = urllib.request.Request(f"{stage.base_url}/things/{thing}", method="PUT")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _await(recorder: Recorder, wanted: Callable[[Record], bool], seconds: float = 20) -> Record:
    deadline, read = time.monotonic() + seconds, 0
    while True:
        for record in recorder.since(read):
            read += 1
            if wanted(record):
                return record
        assert time.monotonic() < deadline, [r.name for r in recorder.history]
        recorder.await_more(read, 0.5)


def _is_about(thing: str, record: Record) -> bool:
    return record.key == thing


def test_every_change_of_an_entity_is_recorded_in_order(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "ordered") == 202
    _await(recorder, lambda r: r.name == "thing.state" and r.value["to"] == "DONE")
    changes = [r for r in recorder.history if r.name == "thing.state" and r.key == "ordered"]
    assert [(c.value["event"], c.value["from"], c.value["to"]) for c in changes] == [
        ("INSERT", None, "NEW"),
        ("MODIFY", "NEW", "DONE"),
    ]
    assert changes[1].value["size"] == 3
    assert changes[1].value["old"] == {"size": 3}
    assert "note" not in changes[1].value, "a field nobody asked for"


@pytest.mark.parametrize("tells", [True, False])
def test_who_is_told_of_writes_sees_each_and_those_that_nobody_told_of(
    small: Stage, recorder: Recorder, tells: bool
) -> None:
    observer = Observer(small, SETTINGS, recorder, told=True)
    observer.start()
    try:
        for number in range(3):
            thing = f"thing-{tells}-{number}"
            assert _put(small, thing) == 202
            if tells:
                observer.written()
            _await(recorder, partial(_is_about, thing), seconds=5)
    finally:
        observer.stop()


def test_what_is_kept_beside_an_entity_is_no_change_of_it(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "told") == 202
    _await(recorder, lambda r: r.key == "told" and r.value.get("to") == "DONE")
    client = Aws.of(small).client("dynamodb")
    for change in ("told = :n", "told = :n, size = :n"):
        client.update_item(
            TableName=small.outputs["Table"],
            Key={"thingId": {"S": "told"}},
            UpdateExpression=f"SET {change}",
            ExpressionAttributeValues={":n": {"N": "7" if "size" in change else "6"}},
        )
    _await(recorder, lambda r: r.key == "told" and r.value.get("size") == 7)
    assert len([r for r in recorder.history if r.name == "thing.state" and r.key == "told"]) == 3


def test_bus_and_topic_are_heard_with_key_and_message(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "announced") == 202
    bus = _await(recorder, lambda r: r.name == "bus.thing.done" and r.key == "announced")
    assert bus.value == {"thingId": "announced", "size": 3}
    topic = _await(recorder, lambda r: r.name == "topic.TopicArn" and r.key == "announced")
    assert topic.value["body"] == {"thingId": "announced", "size": 3}


def test_a_dead_letter_is_seen_and_left_where_it_is(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "poison-1") == 202
    seen = _await(recorder, lambda r: r.name == "queue.dead" and r.key == "poison-1")
    assert seen.value["event"] == "appeared"
    # Others may lie there: on a busy machine a cold start outlasts the visibility time-out.
    answer = (
        Aws.of(small)
        .client("sqs")
        .receive_message(
            QueueUrl=small.outputs["DeadUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
    )
    assert any("poison-1" in message["Body"] for message in answer["Messages"])


def test_the_stage_is_quiet_only_when_the_work_is_done(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "poison-quiet") == 202
    _await(recorder, lambda r: r.name == "thing.state" and r.key == "poison-quiet")
    assert not observer.quiet()
    _await(recorder, lambda r: r.name == "queue.dead" and r.key == "poison-quiet")
    deadline = time.monotonic() + 10
    while not observer.quiet():
        assert time.monotonic() < deadline
        recorder.await_more(len(recorder), 0.05)


def test_the_traceback_behind_an_answer_is_found(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    start = recorder.now()
    assert _put(small, "boom") == 502
    lines = observer.logs.behind(start, recorder.now(), [])
    assert "ThingsFunction: RuntimeError: the thing blew up" in lines
    assert '/var/task/app.py", line' in "\n".join(lines)


def test_execution_environments_are_counted(
    small: Stage, recorder: Recorder, observer: Observer
) -> None:
    assert _put(small, "counted") == 202
    assert observer.logs.environments()["ThingsFunction"] >= 1


def test_what_was_made_for_watching_is_taken_away(small: Stage, recorder: Recorder) -> None:
    observer = Observer(small, SETTINGS, recorder)
    observer.start()
    observer.stop()
    aws = Aws.of(small)
    queues = aws.client("sqs").list_queues().get("QueueUrls", [])
    assert not [q for q in queues if "observe" in q]
    bus = small.outputs["BusName"]
    assert aws.client("events").list_rules(EventBusName=bus)["Rules"] == []
    assert aws.client("sns").list_subscriptions()["Subscriptions"] == []


def test_an_output_that_is_not_there_is_named(small: Stage, recorder: Recorder) -> None:
    observer = Observer(small, ObserveSettings(buses=("Bus",)), recorder)
    with pytest.raises(ObserveError, match="doesn't have: Bus") as caught:
        observer.start()
    assert "BusName" in caught.value.mend


def test_what_the_target_lacks_is_not_watched_and_said(small: Stage, recorder: Recorder) -> None:
    observer = Observer(replace(small, capabilities={}), SETTINGS, recorder)
    observer.start()
    observer.stop()
    assert [b.what for b in observer.blind] == [
        "queues", "table streams", "buses", "topics"
    ]  # fmt: skip


def test_an_emulator_that_dies_is_told_once_for_each_thing_watched(
    small: Stage, embedded: Endpoint, recorder: Recorder
) -> None:
    with EmbeddedTarget(TargetSettings(), _home()) as target:
        endpoint = target.start(lambda _: None)
        queue = Aws.of(endpoint).client("sqs").create_queue(QueueName="dead")["QueueUrl"]
        stage = replace(small, endpoint=endpoint.url, outputs={"DeadUrl": queue}, functions={})
        observer = Observer(stage, ObserveSettings(queues={"DeadUrl": "dead"}), recorder)
        observer.start()
        target.stop()
        lost = _await(recorder, lambda r: r.name == "observe.lost")
        observer.stop()
    assert lost.value["kind"] == "queues"
    assert len(observer.lost) == 1


def _home() -> Path:
    import os

    from harness.targets import default_home

    return default_home(os.environ)
