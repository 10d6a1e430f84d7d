"""Every fault, done to boto3's calls on their way to a real emulator: what it does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from harness.faults import FaultBox, fault
from harness.model import Fault, Place
from harness.recorder import Recorder
from harness.wire import Wire
from tests.harness.wire.aws import Aws
from tests.harness.wire.conftest import Client

BROKEN = (BotoCoreError, ClientError)


@pytest.fixture
def counter(real: Wire, client: Client) -> "Counter":
    """An item whose number tells how often a call had its effect."""
    table = f"faults-{uuid4().hex[:8]}"
    client(real, "dynamodb", timeout=30).create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "orderId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "orderId", "KeyType": "HASH"}],
    )  # fmt: skip
    return Counter(client(real, "dynamodb", attempts=3, timeout=1), table)


class Counter:
    def __init__(self, client: Any, table: str) -> None:
        self.client, self.table = client, table

    def add(self, key: str = "o1") -> Any:
        """One more, done as often as it arrives."""
        return self.client.update_item(
            TableName=self.table, Key={"orderId": {"S": key}}, UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="UPDATED_NEW",
        )  # fmt: skip

    def count(self, key: str = "o1", *, consistent: bool = True) -> int:
        item = self.client.get_item(
            TableName=self.table, Key={"orderId": {"S": key}}, ConsistentRead=consistent
        ).get("Item")
        return int(item["n"]["N"]) if item else 0


def attempts(recorder: Recorder, name: str = "dynamodb.UpdateItem") -> list[str]:
    """What became of each attempt: its kind, and why there was no answer."""
    return [
        f"{c.outcome} {(c.end and c.end.value.get('reason')) or ''}".strip()
        for c in recorder.history.calls if c.name == name
    ]  # fmt: skip


def planned(do: str, **given: Any) -> Fault:
    return fault("dynamodb.UpdateItem", do, **given)


@pytest.mark.parametrize(
    ("do", "given", "survived", "effects", "seen"),
    [
        ("error", {}, False, 0, ["info"] * 3),
        ("error", {"attempts": "first"}, True, 1, ["info", "ok"]),
        ("error", {"place": "after"}, False, 3, ["info"] * 3),
        ("error", {"place": "after", "attempts": "first"}, True, 2, ["info", "ok"]),
        ("error", {"code": "ConditionalCheckFailedException"}, False, 0, ["fail"]),
        ("throttle", {"attempts": "first"}, True, 1, ["fail", "ok"]),
        ("throttle", {}, False, 0, ["fail"] * 3),
        ("reset", {}, False, 0, ["info reset"] * 3),
        ("reset", {"attempts": "first"}, True, 1, ["info reset", "ok"]),
        ("reset", {"attempts": 2}, True, 1, ["ok"]),
        ("lose", {"place": "after", "attempts": "first"}, True, 2, ["info lose", "ok"]),
        ("lose", {"place": "after"}, False, 1, ["info lose"] * 3),
        ("duplicate", {"place": "after"}, True, 2, ["ok"]),
        ("latency", {"seconds": 0.05}, True, 1, ["ok"]),
        ("latency", {"seconds": 0.05, "place": "after"}, True, 1, ["ok"]),
        ("hold", {"attempts": "first"}, True, 1, ["info hold", "ok"]),
        ("hold", {"attempts": "first", "place": "after"}, True, 2, ["info hold", "ok"]),
        ("truncate", {"place": "after", "attempts": "first"}, True, 2, ["info truncate", "ok"]),
        ("reorder", {"seconds": 0.05}, True, 1, ["ok"]),
    ],
)
def test_a_fault_does_to_a_call_what_its_name_says(
    counter: Counter, box: FaultBox, recorder: Recorder, do: str, given: dict[str, Any],
    survived: bool, effects: int, seen: list[str],
) -> None:  # fmt: skip
    box.inject(planned(do, **given))
    if survived:
        counter.add()
    else:
        with pytest.raises(BROKEN):
            counter.add()
    _until(lambda: attempts(recorder) == seen)
    assert counter.count() == effects
    fires = given.get("attempts") != 2
    assert (box.not_fired() == ()) is fires


def test_an_answer_may_be_rubbish(counter: Counter, box: FaultBox, recorder: Recorder) -> None:
    box.inject(planned("malformed", place="after"))
    assert "Attributes" not in counter.add()
    assert attempts(recorder) == ["info"]
    assert counter.count() == 1


def test_a_throttled_call_says_it_as_its_service_does(counter: Counter, box: FaultBox) -> None:
    box.inject(planned("throttle"))
    with pytest.raises(counter.client.exceptions.ProvisionedThroughputExceededException):
        counter.add()


def test_only_the_nth_call_is_failed_whatever_its_attempts(
    counter: Counter, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(planned("reset", nth=2, attempts="first"))
    for _ in range(3):
        counter.add()
    assert attempts(recorder) == ["ok", "info reset", "ok", "ok"]
    assert counter.count() == 3


def test_calls_are_counted_for_each_entity(counter: Counter, box: FaultBox) -> None:
    box.inject(
        planned("error", nth=2, per_key=True, code="ItemCollectionSizeLimitExceededException")
    )
    counter.add("o1")
    counter.add("o2")
    with pytest.raises(BROKEN):
        counter.add("o1")
    counter.add("o1")
    assert (counter.count("o1"), counter.count("o2")) == (2, 1)


def test_a_fault_may_be_for_one_resource_and_for_what_is_asked(
    counter: Counter, box: FaultBox
) -> None:
    refused = planned("error", nth=None, code="ResourceNotFoundException")
    box.inject(
        refused.model_copy(update={"at": refused.at.model_copy(update={"resource": "another"})}),
        refused.model_copy(
            update={"at": refused.at.model_copy(update={"match": {"Key.orderId.S": "o7"}})}
        ),
    )
    counter.add("o1")
    with pytest.raises(counter.client.exceptions.ResourceNotFoundException):
        counter.add("o7")


def test_a_read_may_be_as_old_as_the_last_write(counter: Counter, box: FaultBox) -> None:
    counter.add()
    assert counter.count(consistent=False) == 1
    counter.add()
    box.inject(fault("dynamodb.GetItem", "stale", nth=None))
    assert counter.count(consistent=False) == 1
    assert counter.count() == 2, "it asked for consistency"


def test_an_item_that_was_just_made_may_not_be_there_yet(counter: Counter, box: FaultBox) -> None:
    counter.client.put_item(
        TableName=counter.table, Item={"orderId": {"S": "new"}, "n": {"N": "7"}},
        ConditionExpression="attribute_not_exists(orderId)",
    )  # fmt: skip
    box.inject(fault("dynamodb.GetItem", "stale"))
    assert counter.count("new", consistent=False) == 0
    assert counter.count("new", consistent=False) == 7


def test_a_read_of_what_nobody_wrote_is_never_stale(counter: Counter, box: FaultBox) -> None:
    box.inject(fault("dynamodb.GetItem", "stale"))
    assert counter.count(consistent=False) == 0
    assert len(box.not_fired()) == 1


def test_a_part_of_a_batch_of_writes_is_left(counter: Counter, box: FaultBox) -> None:
    box.inject(fault("dynamodb.BatchWriteItem", "partial"))
    puts = [{"PutRequest": {"Item": {"orderId": {"S": o}, "n": {"N": "1"}}}} for o in ("a", "b")]
    answer = counter.client.batch_write_item(RequestItems={counter.table: puts})
    assert answer["UnprocessedItems"] == {counter.table: [puts[1]]}
    assert (counter.count("a"), counter.count("b")) == (1, 0)


def test_a_part_of_a_batch_of_reads_is_left(counter: Counter, box: FaultBox) -> None:
    counter.add("a")
    box.inject(fault("dynamodb.BatchGetItem", "partial"))
    keys = [{"orderId": {"S": "a"}}, {"orderId": {"S": "b"}}]
    answer = counter.client.batch_get_item(RequestItems={counter.table: {"Keys": keys}})
    assert len(answer["Responses"][counter.table]) == 1
    assert answer["UnprocessedKeys"][counter.table]["Keys"] == [keys[1]]


def test_a_part_of_a_batch_of_messages_is_left(real: Wire, client: Client, box: FaultBox) -> None:
    sqs = client(real, "sqs")
    url = sqs.create_queue(QueueName=f"faults-{uuid4().hex[:8]}")["QueueUrl"]
    box.inject(fault("sqs.SendMessageBatch", "partial"))
    entries = [{"Id": i, "MessageBody": i} for i in ("a", "b", "c")]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [e["Id"] for e in answer["Successful"]] == ["a", "b"]
    assert [(e["Id"], e["SenderFault"]) for e in answer["Failed"]] == [("c", False)]


def test_the_only_event_of_a_batch_may_fail(real: Wire, client: Client, box: FaultBox) -> None:
    events = client(real, "events")
    box.inject(fault("events.PutEvents", "partial"))
    entry = {"Source": "shop", "DetailType": "x", "Detail": "{}"}
    answer = events.put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "InternalFailure"
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_a_part_of_a_batch_of_notifications_is_left(
    real: Wire, client: Client, box: FaultBox
) -> None:
    sns = client(real, "sns")
    topic = sns.create_topic(Name=f"faults-{uuid4().hex[:8]}")["TopicArn"]
    box.inject(fault("sns.PublishBatch", "partial"))
    entries = [{"Id": i, "Message": i} for i in ("a", "b")]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [e["Id"] for e in answer["Successful"]] == ["a"]
    assert [e["Id"] for e in answer["Failed"]] == ["b"]


def test_what_is_no_batch_has_no_part(counter: Counter, box: FaultBox) -> None:
    box.inject(planned("partial"))
    counter.add()
    assert counter.count() == 1
    assert len(box.not_fired()) == 1


def test_a_call_that_is_held_back_is_overtaken_by_the_next(
    real: Wire, client: Client, box: FaultBox, recorder: Recorder
) -> None:
    sqs = client(real, "sqs")
    url = sqs.create_queue(QueueName=f"faults-{uuid4().hex[:8]}")["QueueUrl"]
    box.inject(fault("sqs.SendMessage", "reorder", seconds=5))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(sqs.send_message, QueueUrl=url, MessageBody="first")
        _until(lambda: len(box.firings) == 1)
        sqs.send_message(QueueUrl=url, MessageBody="second")
        first.result()
    ended = [r for r in recorder.history.records if r.name == "sqs.SendMessage" and r.kind == "ok"]
    assert [r.call for r in ended] == sorted((r.call for r in ended), reverse=True)
    assert ended[1].at - ended[0].at < 4, "it went on when it was overtaken, not when time was up"


@pytest.mark.parametrize(
    ("service", "call", "asked", "code"),
    [
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}, "SlowDown"),
        ("sqs", "list_queues", {}, "RequestThrottled"),
        ("sns", "list_topics", {}, "Throttled"),
        ("events", "list_rules", {}, "ThrottlingException"),
        ("lambda", "list_functions", {}, "TooManyRequestsException"),
        ("ec2", "describe_regions", {}, "RequestLimitExceeded"),
        ("cloudwatch", "list_metrics", {}, "ThrottlingException"),
        ("secretsmanager", "list_secrets", {}, "ThrottlingException"),
    ],
)
def test_every_protocol_has_its_errors_understood(
    wire: Wire, client: Client, box: FaultBox, service: str, call: str, asked: dict[str, Any],
    code: str,
) -> None:  # fmt: skip
    box.inject(fault(f"{service}.*", "throttle", nth=None))
    with pytest.raises(ClientError) as raised:
        getattr(client(wire, service), call)(**asked)
    assert raised.value.response["Error"]["Code"] in (code, "Throttling")


def test_another_cases_late_call_is_neither_failed_nor_counted(
    wire: Wire, client: Client, box: FaultBox, recorder: Recorder
) -> None:
    recorder_of_old(recorder)
    sqs = client(wire, "sqs")
    box.inject(fault("sqs.SendMessage", "error", code="InvalidMessageContents"))
    with recorder.case("new"):
        late = json.dumps({"orderId": "old-1"})
        sqs.send_message(QueueUrl=f"{wire.url}/1/q", MessageBody=late)
        with pytest.raises(ClientError):
            sqs.send_message(QueueUrl=f"{wire.url}/1/q", MessageBody="own")


CALL = """
import boto3, sys
client = boto3.client("sqs", endpoint_url=sys.argv[1], region_name="us-east-1",
                      aws_access_key_id="k", aws_secret_access_key="s")
client.send_message(QueueUrl=sys.argv[1] + "/1/q", MessageBody="x")
"""


def called_by_a_function(wire: Wire, name: str) -> int:
    """A process that is this function's makes a call; how it ended."""
    environ = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_NAME": name}
    return subprocess.run(
        [sys.executable, "-c", CALL, wire.url], env=environ, check=False, capture_output=True
    ).returncode


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(("place", "arrived"), [("before", 0), ("after", 1)])
def test_a_kill_ends_the_function_in_the_middle_of_its_call(
    wire: Wire, aws: Aws, box: FaultBox, recorder: Recorder, place: Place, arrived: int
) -> None:
    box.inject(fault("sqs.SendMessage", "kill", place=place, function="shop-Pay-1"))
    assert called_by_a_function(wire, "shop-Match-1") == 0
    assert called_by_a_function(wire, "shop-Pay-1") == -signal.SIGKILL
    assert len(aws.requests) == 1 + arrived
    killed = recorder.history.calls[1]
    assert killed.start.value["tie"] == "process"
    assert killed.end
    assert (killed.outcome, killed.end.value["reason"]) == ("info", "kill")


def test_who_is_no_function_is_never_killed(
    wire: Wire, aws: Aws, client: Client, box: FaultBox
) -> None:
    box.inject(fault("sqs.SendMessage", "kill"))
    client(wire, "sqs").send_message(QueueUrl=f"{wire.url}/1/q", MessageBody="x")
    assert len(aws.requests) == 1
    assert len(box.not_fired()) == 1


def recorder_of_old(recorder: Recorder) -> None:
    with recorder.case("old"):
        recorder.observe("order.status", key="old-1")


def _until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not met():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
