"""Queues, bus, topic and audit log, on an emulator: what is sent is what the contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from larder.adapters.alerts import SnsAlerts
from larder.adapters.audit import DynamoAudit
from larder.adapters.bus import EventBridgeBus
from larder.adapters.queues import SqsReceivedMessages, SqsWorkQueues
from larder.domain.lifecycle import Status
from larder.domain.messages import Work, to_json
from larder.domain.order import Step
from larder.services.errors import StoreUnavailable
from larder.services.ports import Alert, AlertKind, AuditEntry, DeadMessage, StatusEvent

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import FIRST, ORDER_ID
from tests.reference_impl.stack import Cloud

CONTRACT = Path(__file__).parents[3] / "contracts" / "asyncapi.yaml"
WORK = Work(ORDER_ID, Step.PAY, 3, "correlation-1")


def keeps_to(schema: str, message: object) -> bool:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{schema}", "components": contract["components"]}
    )
    return bool(validator.is_valid(message))


class Queues:
    """Four work queues and one for people."""

    def __init__(self, cloud: Cloud) -> None:
        self.urls = {name: cloud.queue() for name in ("parse", "match", "pay", "fulfil", "people")}
        self.port = SqsWorkQueues(cloud.client("sqs"), self.urls, self.urls["people"])


@pytest.fixture(scope="module")
def queues(cloud: Cloud) -> Queues:
    return Queues(cloud)


@pytest.mark.parametrize(
    ("step", "queue"),
    [
        (Step.PARSE, "parse"),
        (Step.MATCH, "match"),
        (Step.PAY, "pay"),
        (Step.SETTLE, "pay"),
        (Step.REFUND, "pay"),
        (Step.FULFIL, "fulfil"),
    ],
)
def test_work_goes_to_the_queue_of_its_step(
    cloud: Cloud, queues: Queues, step: Step, queue: str
) -> None:
    work = Work(ORDER_ID, step, 3, "correlation-1", reference=FIRST)
    queues.port.send(work)
    (message,) = cloud.messages(queues.urls[queue])
    cloud.client("sqs").delete_message(
        QueueUrl=queues.urls[queue], ReceiptHandle=message["ReceiptHandle"]
    )
    assert message["Body"] == to_json(work)
    assert keeps_to("WorkMessage", json.loads(message["Body"]))


def test_delayed_work_is_not_seen_yet(cloud: Cloud) -> None:
    queues = Queues(cloud)
    queues.port.send(WORK, delay=60)
    assert cloud.messages(queues.urls["pay"], wait=0) == []


def test_a_resent_message_is_untouched_and_carries_its_count(cloud: Cloud) -> None:
    queues = Queues(cloud)
    queues.port.resend(DeadMessage("pay", "not JSON", "m-1", retry_count=2), delay=0)
    (message,) = cloud.messages(queues.urls["pay"])
    assert message["Body"] == "not JSON"
    assert message["MessageAttributes"]["retryCount"]["StringValue"] == "2"


def test_a_parked_message_says_why_it_is_there(cloud: Cloud) -> None:
    queues = Queues(cloud)
    queues.port.park(DeadMessage("pay", "?", "m-1", 3, step="pay", reason="malformed"))
    (message,) = cloud.messages(queues.urls["people"])
    attributes = {
        name: value["StringValue"] for name, value in message["MessageAttributes"].items()
    }
    assert attributes == {"step": "pay", "reason": "malformed", "retryCount": "3"}
    assert keeps_to("DeadLetterAttributes", attributes)


def test_parking_needs_the_queue_for_people(cloud: Cloud) -> None:
    with pytest.raises(LookupError):
        SqsWorkQueues(cloud.client("sqs"), {}).park(DeadMessage("pay", "?", "m-1"))


def test_a_received_message_is_hidden_for_as_long_as_asked(cloud: Cloud) -> None:
    queue = cloud.queue()
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="one")
    (message,) = cloud.messages(queue)
    received = SqsReceivedMessages(cloud.client("sqs"), queue)
    received.hide(message["ReceiptHandle"], 0)
    (again,) = cloud.messages(queue)
    assert again["MessageId"] == message["MessageId"]


def test_a_dead_message_goes_to_the_dead_letter_queue_with_its_reason(cloud: Cloud) -> None:
    dead_letters = cloud.queue()
    received = SqsReceivedMessages(cloud.client("sqs"), cloud.queue(), dead_letters)
    received.bury(DeadMessage("pay", "body", "m-1", step="pay", reason="exhausted"))
    (message,) = cloud.messages(dead_letters)
    assert message["Body"] == "body"
    assert message["MessageAttributes"]["reason"]["StringValue"] == "exhausted"


def test_a_dead_letter_queues_own_messages_are_not_buried_again(cloud: Cloud) -> None:
    received = SqsReceivedMessages(cloud.client("sqs"), cloud.queue())
    with pytest.raises(LookupError):
        received.bury(DeadMessage("pay", "body", "m-1"))


@pytest.mark.parametrize("previous", [None, Status.PAYMENT_INITIATED])
def test_a_status_is_told_on_the_bus(cloud: Cloud, previous: Status | None) -> None:
    events, queue, name = cloud.client("events"), cloud.queue(), f"bus-{previous}"
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["larder.orders"]}')
    events.put_targets(
        Rule=name, EventBusName=name, Targets=[{"Id": "q", "Arn": cloud.arn_of(queue)}]
    )
    EventBridgeBus(events, name).publish(
        StatusEvent(ORDER_ID, "customer-001", 5, previous, Status.PAID, START, "correlation-1")
    )
    (message,) = cloud.messages(queue)
    event = json.loads(message["Body"])
    assert (event["source"], event["detail-type"]) == ("larder.orders", "order.status")
    assert event["detail"]["to"] == "PAID"
    assert keeps_to("OrderStatusEvent", event["detail"])


def test_an_event_that_the_bus_refuses_is_not_taken_for_told() -> None:
    class Refusing:
        def put_events(self, **_: Any) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}

    bus = EventBridgeBus(Refusing(), "bus")  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match="InternalFailure"):
        bus.publish(
            StatusEvent(ORDER_ID, "customer-001", 5, None, Status.PAID, START, "correlation-1")
        )


@pytest.mark.parametrize(
    "alert",
    [
        Alert(AlertKind.MAX_RETRIES_EXCEEDED, START, "correlation-1", retry_count=3),
        Alert(AlertKind.CHARGE_MISMATCH, START, "correlation-1", ORDER_ID, Step.SETTLE, FIRST),
    ],
)
def test_an_alert_reaches_those_who_subscribed(cloud: Cloud, alert: Alert) -> None:
    sns, queue = cloud.client("sns"), cloud.queue()
    topic = sns.create_topic(Name=f"ops-{alert.kind.name}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.arn_of(queue))
    SnsAlerts(sns, topic).raise_(alert)
    (message,) = cloud.messages(queue)
    told = json.loads(json.loads(message["Body"])["Message"])
    assert told["alert"] == alert.kind.value
    assert keeps_to("Alert", told)


def test_an_audit_entry_is_kept_for_a_year_and_never_rewritten(cloud: Cloud) -> None:
    table = cloud.table("AuditTable")
    audit = DynamoAudit(cloud.client("dynamodb"), table)
    audit.record(AuditEntry("a-1", START, "larder", "order.status", ORDER_ID, "PAID", "c-1"))
    audit.record(AuditEntry("a-1", START, "somebody", "else", "-", "-"))
    item = cloud.client("dynamodb").get_item(TableName=table, Key={"auditId": {"S": "a-1"}})["Item"]
    assert item["who"] == {"S": "larder"}
    assert int(item["expiresAt"]["N"]) - START.timestamp() == 365 * 86_400
