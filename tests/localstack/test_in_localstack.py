"""The executor where it belongs: functions of a running LocalStack."""

import io
import json
import os
import select
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from harness.targets import Aws, Endpoint, TargetSettings, default_home
from harness.targets.answering import ask
from harness.targets.localstack import LocalStackProcess

ROLE = "arn:aws:iam::000000000000:role/any"
TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


def _zip(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", dedent(text))
    return content.getvalue()


def _create(aws: Aws, name: str, source: str, **more: Any) -> None:
    aws.client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Role=ROLE, Handler="app.handler",
        Code={"ZipFile": _zip(app=source)}, Timeout=more.pop("Timeout", 20), **more,
    )  # fmt: skip


def _invoke(aws: Aws, name: str, event: Any = None) -> tuple[str | None, Any]:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def _within(seconds: float, met: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := met()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def aws(localstack: Endpoint) -> Aws:
    return Aws.of(localstack)


def test_a_function_answers_and_its_lines_are_in_cloudwatch_logs(aws: Aws) -> None:
    _create(aws, "logs", """
        def handler(event, context):
            print("said by", context.function_name)
            return context.invoked_function_arn
    """)  # fmt: skip
    error, arn = _invoke(aws, "logs")
    assert error is None
    assert arn.endswith(":function:logs")
    logs = aws.client("logs")

    def lines() -> list[str]:
        try:
            events = logs.filter_log_events(logGroupName="/aws/lambda/logs")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [e["message"].rstrip() for e in events]

    said = _within(20, lines)
    assert said[0].startswith("START RequestId")
    assert said[1] == "said by logs"
    assert said[-1].startswith("REPORT RequestId")


def test_invocations_and_their_errors_are_counted_in_cloudwatch(aws: Aws) -> None:
    _create(aws, "counted", "handler = lambda event, context: 1 / event")
    assert [_invoke(aws, "counted", by)[0] for by in (1, 0, 2)] == [None, "Unhandled", None]
    cloudwatch = aws.client("cloudwatch")
    now = datetime.now(UTC)

    def sums() -> dict[str, float]:
        return {
            name: sum(
                point["Sum"]
                for point in cloudwatch.get_metric_statistics(
                    Namespace="AWS/Lambda", MetricName=name, Statistics=["Sum"], Period=60,
                    Dimensions=[{"Name": "FunctionName", "Value": "counted"}],
                    StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5),
                )["Datapoints"]
            )
            for name in ("Invocations", "Errors")
        }  # fmt: skip

    _within(20, lambda: sums() == {"Invocations": 3, "Errors": 1})


def test_invocations_at_once_have_environments_of_their_own(aws: Aws) -> None:
    _create(aws, "at-once", """
        import os, pathlib, time
        def handler(event, context):
            folder = pathlib.Path(event["meet"])
            (folder / str(os.getpid())).touch()
            deadline = time.time() + 15
            while len(list(folder.iterdir())) < event["of"] and time.time() < deadline:
                time.sleep(0.01)
            return os.getpid()
    """)  # fmt: skip
    import tempfile

    with tempfile.TemporaryDirectory() as meet, ThreadPoolExecutor(4) as pool:
        event = {"meet": meet, "of": 4}
        answers = list(pool.map(lambda _: _invoke(aws, "at-once", event), range(4)))
    assert all(error is None for error, _ in answers)
    assert len({pid for _, pid in answers}) == 4


def test_a_time_out_and_an_error_of_loading_are_function_errors(aws: Aws) -> None:
    _create(aws, "slow", "import time\nhandler = lambda e, c: time.sleep(60)", Timeout=1)
    error, body = _invoke(aws, "slow")
    assert (error, body["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    _create(aws, "broken", "import nowhere_to_be_found")
    error, body = _invoke(aws, "broken")
    assert (error, body["errorType"]) == ("Unhandled", "Runtime.ImportModuleError")


def test_a_killed_process_is_replaced_at_the_next_invocation(aws: Aws) -> None:
    _create(aws, "killed", "import os\nhandler = lambda e, c: os.getpid()")
    _, first = _invoke(aws, "killed")
    watch = os.pidfd_open(first)
    os.kill(first, 9)
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)
    error, second = _invoke(aws, "killed")
    assert error is None
    assert second != first


def test_layers_are_on_its_path_the_later_first(aws: Aws) -> None:
    client = aws.client("lambda")
    arns = [
        client.publish_layer_version(LayerName=f"l{n}", Content={"ZipFile": content})[
            "LayerVersionArn"
        ]
        for n, content in enumerate(
            [_zip(python__both="WHO = 'first'", python__one="ONE = 1"),
             _zip(python__both="WHO = 'second'")]
        )
    ]  # fmt: skip
    _create(
        aws, "layered", "import both, one\nhandler = lambda e, c: [both.WHO, one.ONE]", Layers=arns
    )
    assert _invoke(aws, "layered") == (None, ["second", 1])


def test_another_language_is_refused_with_what_to_do(aws: Aws) -> None:
    client = aws.client("lambda")
    client.create_function(
        FunctionName="node", Runtime="nodejs22.x", Role=ROLE, Handler="app.handler",
        Code={"ZipFile": _zip(app="")},
    )  # fmt: skip
    told = client.get_function(FunctionName="node")["Configuration"]
    assert told["State"] == "Failed"
    assert "runs Python functions" in told["StateReason"]


def test_a_table_written_to_invokes_its_stream_function(aws: Aws) -> None:
    dynamodb = aws.client("dynamodb")
    table = dynamodb.create_table(
        TableName="watched", **TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]  # fmt: skip
    queue = aws.client("sqs").create_queue(QueueName="seen")["QueueUrl"]
    _create(aws, "watching", """
        import boto3, json, os
        def handler(event, context):
            for record in event["Records"]:
                boto3.client("sqs").send_message(
                    QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(record))
    """, Environment={"Variables": {"QUEUE": queue}})  # fmt: skip
    aws.client("lambda").create_event_source_mapping(
        FunctionName="watching", EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
    )  # fmt: skip
    sqs = aws.client("sqs")

    def told() -> dict[str, Any]:
        seen = _within(
            30, lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages")
        )
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=seen[0]["ReceiptHandle"])
        record: dict[str, Any] = json.loads(seen[0]["Body"])
        return record

    item = {"id": {"S": "x"}, "n": {"N": "1.5"}, "b": {"B": b"\x01\x02"}, "t": {"BOOL": True}}
    dynamodb.put_item(TableName="watched", Item=item)
    record = told()
    assert record["eventName"] == "INSERT"
    assert record["eventSourceARN"] == table["LatestStreamArn"]
    assert record["dynamodb"]["NewImage"] == {**item, "b": {"B": "AQI="}}
    assert abs(record["dynamodb"]["ApproximateCreationDateTime"] - time.time()) < 60
    # It waits by now; however long it did, the next write is heard of, too.
    dynamodb.delete_item(TableName="watched", Key={"id": {"S": "x"}})
    assert told()["eventName"] == "REMOVE"


def test_shutting_down_while_a_deploy_is_under_way_leaves_no_process(tmp_path: Path) -> None:
    target = LocalStackProcess(
        TargetSettings(), default_home(os.environ), log=tmp_path / "emulator.log"
    )
    with target:
        aws = Aws.of(target.start(lambda _: None))
        mark = tmp_path / "pid"
        _create(aws, "hanging", """
            import os, pathlib, time
            def handler(event, context):
                pathlib.Path(os.environ["MARK"]).write_text(str(os.getpid()))
                time.sleep(600)
        """, Timeout=900, Environment={"Variables": {"MARK": str(mark)}})  # fmt: skip
        aws.client("lambda").invoke(FunctionName="hanging", InvocationType="Event")
        child = int(_within(30, lambda: mark.exists() and mark.read_text()))
        watch = os.pidfd_open(child)
        cloudformation = aws.client("cloudformation")
        many = {f"T{n}": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE} for n in range(80)}
        cloudformation.create_stack(StackName="long", TemplateBody=json.dumps({"Resources": many}))
        (stack,) = cloudformation.describe_stacks(StackName="long")["Stacks"]
        assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)


def test_a_queue_that_is_waited_at_brings_every_message_to_its_function(aws: Aws) -> None:
    sqs = aws.client("sqs")
    work, seen = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("work", "worked"))
    _create(aws, "working", """
        import os
        import boto3
        def handler(event, context):
            for record in event["Records"]:
                boto3.client("sqs").send_message(
                    QueueUrl=os.environ["QUEUE"], MessageBody=record["body"])
    """, Environment={"Variables": {"QUEUE": seen}})  # fmt: skip
    arn = sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["QueueArn"])["Attributes"]
    aws.client("lambda").create_event_source_mapping(
        FunctionName="working", EventSourceArn=arn["QueueArn"], BatchSize=5
    )
    found: list[str] = []

    def arrived(number: int) -> bool:
        answer = sqs.receive_message(QueueUrl=seen, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=seen, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= number

    for n in range(8):  # more than a batch
        sqs.send_message(QueueUrl=work, MessageBody=f"{n}", DelaySeconds=1 if n == 7 else 0)
    _within(30, lambda: arrived(8))
    sqs.send_message(QueueUrl=work, MessageBody="8")  # while it is waited for
    _within(30, lambda: arrived(9))
    assert sorted(found) == [f"{n}" for n in range(9)]


def test_nothing_is_kept_in_folders_that_another_localstack_uses(aws: Aws) -> None:
    s3 = aws.client("s3")
    name = f"kept-{time.time_ns()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=name, Key="k", Body=b"x" * 1_000_000)
    shared = [Path("/tmp/localstack-s3-storage"), Path("/tmp/localstack")]  # noqa: S108
    assert [p for folder in shared for p in folder.rglob(f"*{name}*")] == []
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"x" * 1_000_000


def test_all_queues_are_shown_in_one_look_without_receiving(aws: Aws, localstack: Endpoint) -> None:
    sqs = aws.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("seen-a", "seen-b")}
    given = {"orderId": {"DataType": "String", "StringValue": "o1"}}
    sqs.send_message(QueueUrl=urls["seen-a"], MessageBody="hidden", MessageAttributes=given)
    sqs.receive_message(QueueUrl=urls["seen-a"], WaitTimeSeconds=2)
    sqs.send_message(QueueUrl=urls["seen-a"], MessageBody="delayed", DelaySeconds=60)
    asked = f"account=000000000000&region={localstack.region}&queues=seen-a,seen-b"
    told = ask(f"{localstack.url}/_process_executor/messages?{asked}")
    assert told is not None
    shown = told["messages"]["000000000000"][localstack.region]
    hidden, delayed = sorted(shown["seen-a"], key=lambda m: str(m["Body"]), reverse=True)
    assert (hidden["Body"], hidden["ReceiveCount"]) == ("hidden", 1)
    assert hidden["MessageAttributes"] == {"orderId": {"StringValue": "o1"}}
    assert (delayed["Body"], delayed["ReceiveCount"]) == ("delayed", 0)
    assert round(delayed["VisibleAt"] - delayed["SentTimestamp"]) == 60
    assert shown["seen-b"] == []


def test_functions_sign_with_the_keys_that_whoever_stands_in_for_a_service_knows(aws: Aws) -> None:
    _create(aws, "keys", """
        import os
        handler = lambda e, c: [os.environ.get(n) for n in (
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    """)  # fmt: skip
    assert _invoke(aws, "keys") == (None, ["test", "test", None])
