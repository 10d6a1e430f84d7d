"""Messages are heard on the wire, of boto3's own calls."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from harness.engine.events.hearing import Hearing
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Header, Stage
from harness.recorder import Recorder, Redaction
from harness.specs import MessageContract, load_document, read_asyncapi
from harness.targets import Endpoint
from harness.targets.endpoint import Python
from harness.wire import Wire
from tests.harness.specs.test_messages import CONTRACT, WORK
from tests.harness.wire.aws import Aws

SENT: list[str] = []


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "h.jsonl", Header(), redact=Redaction.allowing(["orderId"]))


@pytest.fixture
def heard(tmp_path: Path, recorder: Recorder) -> Iterator[tuple[Hearing, Callable[[str], Any]]]:
    """A hearing of a shop's contract, and clients whose calls it hears."""
    (tmp_path / "events.yaml").write_text(CONTRACT)
    contract = MessageContract(read_asyncapi(load_document(tmp_path, "events.yaml")))
    loop, aws = Loop(), Aws()
    loop.run(aws.listen())
    wire = Wire(recorder, FaultBox(recorder), loop.asyncio, keys=["orderId"])
    wire.open(Endpoint("t", aws.url, "us-east-1", {}, Python("3.11", ""), {}, tmp_path))
    hearing = Hearing(contract, recorder, sent=SENT)
    hearing.bind(stage())
    wire.hear(hearing.crossed)
    SENT.clear()

    def client(service: str) -> Any:
        make: Any = boto3.client
        return make(
            service, endpoint_url=wire.url, region_name="us-east-1", aws_access_key_id="k",
            aws_secret_access_key="s",
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={}),
        )  # fmt: skip

    yield hearing, client
    wire.stop()
    loop.run(aws.close())
    loop.close()


def stage() -> Stage:
    outputs = {"WorkQueueUrl": "http://x/1/work-7", "DeadQueueUrl": "http://x/1/dead-7"}
    return Stage(
        name="shop", target="t", endpoint="", region="us-east-1", credentials={}, base_url="",
        outputs=outputs, parameters={}, capabilities={},
    )  # fmt: skip


def messages(recorder: Recorder) -> Sequence[tuple[str, str | None, list[str]]]:
    return [
        (r.name, r.key, [f["kind"] for f in r.value["flaws"]])
        for r in recorder.history.records if r.name.startswith("message.")
    ]  # fmt: skip


def test_a_message_is_heard_with_its_entity(heard: Any, recorder: Recorder) -> None:
    _, client = heard
    client("sqs").send_message(QueueUrl="http://x/1/work-7", MessageBody=json.dumps(WORK))
    assert messages(recorder) == [("message.work", "o1", [])]


def test_each_of_a_batch_is_heard(heard: Any, recorder: Recorder) -> None:
    _, client = heard
    bodies = [json.dumps(WORK), json.dumps({**WORK, "correlationId": 7})]
    entries = [{"Id": str(i), "MessageBody": b} for i, b in enumerate(bodies)]
    client("sqs").send_message_batch(QueueUrl="http://x/1/work-7", Entries=entries)
    assert [flaws for _, _, flaws in messages(recorder)] == [[], ["schema"]]


def test_a_message_to_nowhere_in_the_contract_is_told(heard: Any, recorder: Recorder) -> None:
    _, client = heard
    client("events").put_events(
        Entries=[{"EventBusName": "other", "Source": "s", "DetailType": "d", "Detail": "{}"}]
    )
    client("sqs").send_message(QueueUrl="http://x/1/other", MessageBody="{}")
    assert [(n, f) for n, _, f in messages(recorder)] == [("message.unknown", ["channel"])] * 2


def test_attributes_are_headers(heard: Any, recorder: Recorder) -> None:
    _, client = heard
    reason = {"reason": {"DataType": "String", "StringValue": "malformed"}}
    client("sqs").send_message(
        QueueUrl="http://x/1/dead-7", MessageBody="rubbish", MessageAttributes=reason
    )
    client("sqs").send_message(QueueUrl="http://x/1/dead-7", MessageBody="rubbish")
    assert [flaws for _, _, flaws in messages(recorder)] == [[], ["schema"]]


def test_what_the_harness_sent_is_not_held_against_who_sends_it_on(
    heard: Any, recorder: Recorder
) -> None:
    _, client = heard
    SENT.append('{"orderId": 7}')
    redriven = json.dumps({"orderId": 7, "retryCount": 1})
    client("sqs").send_message(QueueUrl="http://x/1/work-7", MessageBody=redriven)
    assert messages(recorder) == []


def test_a_webhook_is_held_against_the_channel_of_its_path(heard: Any, recorder: Recorder) -> None:
    hearing, _ = heard
    hearing.posted("http://127.0.0.1:9/_aws/api/live/hooks/bank", {}, b'{"paid": true}')
    hearing.posted("http://127.0.0.1:9/_aws/api/live/hooks/bank", {}, b"rubbish")
    hearing.posted("http://127.0.0.1:9/elsewhere", {}, b"{}")
    assert [(n, f) for n, _, f in messages(recorder)] == [
        ("message.hook", []), ("message.hook", ["schema"]),
    ]  # fmt: skip


def test_what_is_published_over_graphql_is_held_against_its_channel(
    tmp_path: Path, recorder: Recorder
) -> None:
    (tmp_path / "events.yaml").write_text(CONTRACT)
    contract = MessageContract(read_asyncapi(load_document(tmp_path, "events.yaml")))
    hearing = Hearing(contract, recorder, channels_of={"publishWork": "work"})
    hearing.published("publishWork", WORK, "o1")
    hearing.published("publishWork", {**WORK, "more": 1}, "o1")
    hearing.published("another", {}, None)
    assert messages(recorder) == [("message.work", "o1", []), ("message.work", "o1", ["schema"])]
