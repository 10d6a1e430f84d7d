# ruff: noqa: S310 (loopback only)
"""The embedded target's capabilities, measured again and held against the data file."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.deploy import Application, apply
from harness.model import Capability, Stage
from harness.observe import LogBook
from harness.observe.messages import tap_bus, tap_topic
from harness.observe.peeking import Peeker
from harness.targets import Aws, Endpoint

PROBE = Path(__file__).parent / "probe" / "template.yaml"


@pytest.fixture(scope="module")
def stage(embedded: Endpoint) -> Stage:
    return apply(
        Application(root=PROBE.parent, template=PROBE, base_url="Url"),
        embedded, stack="probe", parameters={}, environment={}, signal=lambda _: None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def aws(stage: Stage) -> Aws:
    return Aws.of(stage)


@pytest.fixture(scope="module")
def logs(stage: Stage, aws: Aws) -> LogBook:
    return LogBook(aws, stage, time.monotonic)


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: Any


def _ask(stage: Stage, path: str, body: bytes | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        stage.base_url + path, data=body, headers={"Content-Type": "application/json", **named}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return Answer(answer.status, answer.headers["Content-Type"], json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        read = json.loads(error.read() or b"null")
        return Answer(error.code, error.headers["Content-Type"], read)


def _within(seconds: float, met: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _deliveries(logs: LogBook, what: str) -> list[str]:
    return [x for b in logs.invocations() for x in b.lines if x.startswith(f"delivered {what}")]


def _put(stage: Stage, aws: Aws, key: str) -> None:
    table = stage.outputs["Table"]
    aws.client("dynamodb").put_item(TableName=table, Item={"id": {"S": key}})


def _send(stage: Stage, aws: Aws, queue: str, body: str, **more: int) -> None:
    aws.client("sqs").send_message(QueueUrl=stage.outputs[queue], MessageBody=body, **more)


def _invoke(stage: Stage, aws: Aws, event: dict[str, Any]) -> dict[str, Any]:
    answer = aws.client("lambda").invoke(
        FunctionName=stage.functions["Echo"], Payload=json.dumps(event).encode()
    )
    return {"error": answer.get("FunctionError"), "body": json.loads(answer["Payload"].read())}


def test_rest_authorizers(stage: Stage) -> None:
    statuses = [_ask(stage, "/guarded", Authorization=token).status for token in ("ok", "bad")]
    assert (statuses == [200, 401]) is stage.can(Capability.REST_AUTHORIZERS)


def test_gateway_responses(stage: Stage) -> None:
    refused = _ask(stage, "/guarded", Authorization="bad")
    ours = refused.body.get("type") == "urn:ours" and refused.kind == "application/problem+json"
    nowhere = _ask(stage, "/nowhere")
    ours = ours and (nowhere.status, nowhere.body["type"]) == (404, "urn:nothing")
    assert ours is stage.can(Capability.GATEWAY_RESPONSES)


def test_request_validation(stage: Stage) -> None:
    statuses = [_ask(stage, "/valid", body).status for body in (b'{"name": "x"}', b"{}")]
    assert (statuses == [200, 400]) is stage.can(Capability.REQUEST_VALIDATION)


def test_api_keys(stage: Stage, aws: Aws) -> None:
    gateway = aws.client("apigateway")
    key = gateway.create_api_key(name="probe", enabled=True)
    api = stage.base_url.split("/")[-2]
    plan = gateway.create_usage_plan(name="probe", apiStages=[{"apiId": api, "stage": "live"}])
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    statuses = [_ask(stage, "/keyed").status, _ask(stage, "/keyed", x_api_key=key["value"]).status]
    assert (statuses == [403, 200]) is stage.can(Capability.API_KEYS)


def test_a_failing_message_hides_as_long_as_its_function_says_and_then_is_dead(
    stage: Stage, aws: Aws, logs: LogBook
) -> None:
    _send(stage, aws, "WorkUrl", "hide")
    _send(stage, aws, "WorkUrl", "fine")
    peek = Peeker(stage)
    dead = stage.outputs["DeadUrl"].rsplit("/", 1)[-1]
    redriven = _within(15, lambda: "hide" in [m.body for m in peek()[dead]])
    assert redriven is stage.can(Capability.REDRIVE)
    times = [float(x.split()[-1]) for x in _deliveries(logs, "hide")]
    hidden = len(times) == 2 and 0.9 < times[1] - times[0] < 5
    assert hidden is stage.can(Capability.QUEUE_VISIBILITY)
    partial = len(_deliveries(logs, "fine")) == 1
    assert partial is stage.can(Capability.QUEUE_PARTIAL_BATCH)


def test_queue_delay_and_peek(stage: Stage, aws: Aws) -> None:
    queue = stage.outputs["OtherUrl"]
    _send(stage, aws, "OtherUrl", "later", DelaySeconds=1)
    peeked = Peeker(stage)()[queue.rsplit("/", 1)[-1]]
    assert bool(peeked and peeked[0].receives == 0) is stage.can(Capability.QUEUE_PEEK)
    sqs = aws.client("sqs")
    at_once = sqs.receive_message(QueueUrl=queue).get("Messages")
    later = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=3).get("Messages")
    assert (not at_once and bool(later)) is stage.can(Capability.QUEUE_DELAY)


def test_stream_retry(stage: Stage, aws: Aws, logs: LogBook) -> None:
    _put(stage, aws, "partial")
    assert _within(10, lambda: len(_deliveries(logs, "partial")) > 0)
    _put(stage, aws, "raise")
    retried = _within(10, lambda: len(_deliveries(logs, "raise")) > 1)
    assert retried is stage.can(Capability.STREAM_RETRY)
    again = len(_deliveries(logs, "partial")) > 1
    assert again is stage.can(Capability.STREAM_PARTIAL_BATCH)


def test_stream_read(stage: Stage, aws: Aws) -> None:
    _put(stage, aws, "read")
    table = aws.client("dynamodb").describe_table(TableName=stage.outputs["Table"])["Table"]
    streams, arn = aws.client("dynamodbstreams"), table["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    seen = "read" in [r["dynamodb"]["Keys"]["id"]["S"] for r in records]
    assert seen is stage.can(Capability.STREAM_READ)


def test_bus_and_topic_to_queue(stage: Stage, aws: Aws) -> None:
    bus = tap_bus(aws, stage, "BusName", (), None)  # type: ignore[arg-type]
    topic = tap_topic(aws, stage, "TopicArn", (), None)  # type: ignore[arg-type]
    entry = {"Source": "s", "DetailType": "t", "Detail": "{}"}
    aws.client("events").put_events(Entries=[{**entry, "EventBusName": stage.outputs["BusName"]}])
    aws.client("sns").publish(TopicArn=stage.outputs["TopicArn"], Message="m")
    peek = Peeker(stage)
    for tap, capability in ((bus, Capability.BUS_TO_QUEUE), (topic, Capability.TOPIC_TO_QUEUE)):
        arrived = _within(5, lambda name=tap.name: bool(peek().get(name)))  # type: ignore[misc]
        tap.close()
        assert arrived is stage.can(capability)


def test_invoke_and_function_logs(stage: Stage, aws: Aws, logs: LogBook) -> None:
    fine, failed = _invoke(stage, aws, {}), _invoke(stage, aws, {"raise": True})
    told = fine["error"] is None and failed["error"] == "Unhandled"
    assert (told and failed["body"]["errorMessage"] == "asked to") is stage.can(Capability.INVOKE)
    assert any("RuntimeError: asked to" in x for x in logs.errors()) is stage.can(
        Capability.FUNCTION_LOGS
    )


def test_processes(stage: Stage) -> None:
    pid = _ask(stage, "/open").body["pid"]
    environment = Path(f"/proc/{pid}/environ")
    known = environment.exists() and stage.functions["Echo"].encode() in environment.read_bytes()
    assert known is stage.can(Capability.PROCESSES)
    assert pid != os.getpid()


def test_iam(stage: Stage, aws: Aws) -> None:
    refused = _invoke(stage, aws, {"write": "forbidden"})["error"] is not None
    assert refused is stage.can(Capability.IAM)


def test_traces(stage: Stage) -> None:
    root = "Root=1-5759e988-bd862e3fe1be46a994272793"
    trace = _ask(stage, "/open", X_Amzn_Trace_Id=root).body["trace"]
    assert trace.startswith(root) is stage.can(Capability.TRACES)


def test_the_stage_is_ours_alone(stage: Stage) -> None:
    assert stage.can(Capability.CONTROL)
    assert stage.endpoint is not None
    assert stage.endpoint.startswith("http://127.0.0.1:")
