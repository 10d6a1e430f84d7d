"""Each attempt is a call of the history: who asked, why, of what, and what came of it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import urllib3

from harness.faults import FaultBox, fault
from harness.model import Call, Json, Stage
from harness.recorder import Recorder
from harness.wire import Wire
from harness.wire.causes import HEADER
from tests.harness.wire.aws import Aws, answer
from tests.harness.wire.conftest import Client

ORDER = {"orderId": {"S": "o1"}, "email": {"S": "somebody@example.com"}}


def caused(client: Any, **told: Json) -> Any:
    """The client's calls say what caused them, as a function's do."""
    cause = {"f": "shop-Pay-1", "i": "inv-1", "s": "aws:sqs", "c": [], "k": [], **told}

    def add(params: Mapping[str, Any], **_: object) -> None:
        params["headers"][HEADER] = json.dumps(cause)

    client.meta.events.register("before-call", add)
    return client


def only(recorder: Recorder) -> Call:
    [call] = recorder.history.calls
    return call


def test_a_call_tells_what_it_asks_of_what(wire: Wire, client: Client, recorder: Recorder) -> None:
    client(wire, "dynamodb").put_item(
        TableName="orders", Item=ORDER, ConditionExpression="attribute_not_exists(orderId)"
    )
    call = only(recorder)
    assert (call.name, call.key, call.outcome) == ("dynamodb.PutItem", "o1", "ok")
    assert call.start.feed == "wire"
    assert call.start.value["resource"] == "orders"
    assert call.start.value["request"] == {"ConditionExpression": "attribute_not_exists(orderId)"}
    assert call.end
    assert call.end.value["status"] == 200


def test_what_an_item_or_a_message_holds_is_not_told(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    client(wire, "dynamodb").put_item(TableName="orders", Item=ORDER)
    body = json.dumps({"orderId": "o1", "email": "somebody@example.com"})
    client(wire, "sqs").send_message(QueueUrl=f"{wire.url}/1/work", MessageBody=body)
    assert "somebody" not in "".join(r.line().decode() for r in recorder.history.records)
    assert [c.key for c in recorder.history.calls] == ["o1", "o1"]


def test_a_call_tells_its_function_and_invocation_and_their_cause(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    table = caused(client(wire, "dynamodb"), c=["m1"])
    table.get_item(TableName="orders", Key={"orderId": {"S": "o1"}})
    told = only(recorder).start.value
    assert told["tie"] == "header"
    assert (told["function"], told["invocation"]) == ("shop-Pay-1", "inv-1")
    assert told["cause"] == {"kind": "aws:sqs", "messageIds": ["m1"]}


def test_the_messages_of_an_invocation_are_told_once(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    table = caused(client(wire, "dynamodb"), c=["m1"])
    for _ in range(2):
        table.get_item(TableName="orders", Key={"orderId": {"S": "o1"}})
    first, second = (c.start.value["cause"] for c in recorder.history.calls)
    assert "messageIds" in first
    assert "messageIds" not in second


def test_names_are_the_templates_once_the_stage_is_known(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    wire.bind(stage({"OrdersTable": "shop-orders-9"}, {"PayFunction": "shop-Pay-1"}))
    caused(client(wire, "dynamodb")).put_item(TableName="shop-orders-9", Item=ORDER)
    told = only(recorder).start.value
    assert (told["resource"], told["function"]) == ("OrdersTable", "PayFunction")


def test_attempts_of_one_call_are_calls_that_tell_so(
    wire: Wire, aws: Aws, client: Client, recorder: Recorder
) -> None:
    failure = answer(b'{"__type":"InternalServerError"}', "500 Internal Server Error")
    aws.answering = lambda _: failure if len(aws.requests) < 3 else answer()
    client(wire, "dynamodb", attempts=3).put_item(TableName="orders", Item=ORDER)
    calls = recorder.history.calls
    assert [c.start.value["attempt"] for c in calls] == [1, 2, 3]
    assert len({c.start.value["sdkCall"] for c in calls}) == 1
    assert [c.outcome for c in calls] == ["info", "info", "ok"]
    assert calls[0].end
    assert calls[0].end.value["code"] == "InternalServerError"


def test_a_refusal_had_no_effect(wire: Wire, aws: Aws, client: Client, recorder: Recorder) -> None:
    body = b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}'
    aws.answering = lambda _: answer(body, "400 Bad Request")
    table = client(wire, "dynamodb")
    with pytest.raises(table.exceptions.ConditionalCheckFailedException):
        table.put_item(TableName="orders", Item=ORDER)
    call = only(recorder)
    assert call.end
    assert (call.outcome, call.end.value["code"]) == ("fail", "ConditionalCheckFailedException")


def test_what_a_message_causes_is_of_the_case_that_sent_it(
    wire: Wire, aws: Aws, client: Client, recorder: Recorder
) -> None:
    aws.answering = lambda _: answer(b'{"MessageId": "m-7"}')
    with recorder.case("first"):
        client(wire, "sqs").send_message(QueueUrl=f"{wire.url}/1/work", MessageBody="text")
    with recorder.case("second"):
        caused(client(wire, "dynamodb"), c=["m-7"]).get_item(TableName="t", Key={"a": {"S": "b"}})
    sent, caused_by_it = recorder.history.calls
    assert sent.end
    assert sent.end.value["messageIds"] == ["m-7"]
    assert caused_by_it.start.cases == ("first",)


def test_what_an_entity_in_a_message_causes_is_of_its_cases(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    for case, order in (("first", "o1"), ("second", "o2")):
        with recorder.case(case):
            recorder.observe("order.status", key=order)
    batch = caused(client(wire, "dynamodb"), c=["x", "y"], k=["o1", "o2"])
    with recorder.case("third"):
        batch.get_item(TableName="t", Key={"a": {"S": "b"}})
        batch.get_item(TableName="t", Key={"orderId": {"S": "o2"}})
        client(wire, "dynamodb").get_item(TableName="t", Key={"a": {"S": "b"}})
    shared, own, untold = recorder.history.calls
    assert shared.start.cases == ("first", "second")
    assert own.start.cases == ("second",)
    assert untold.start.cases == ("third",)


def test_an_entity_that_only_the_cause_names_is_told_as_such_and_not_counted_by(
    wire: Wire, client: Client, recorder: Recorder, box: FaultBox
) -> None:
    """A batch of more messages would name none, so that the number would be a matter of pace."""
    box.inject(fault("dynamodb.GetItem", "latency", seconds=0, per_key="one"))
    given = caused(client(wire, "dynamodb"), c=["x"], k=["o1"])
    given.get_item(TableName="breakers", Key={"a": {"S": "b"}})
    given.get_item(TableName="orders", Key={"orderId": {"S": "o1"}})
    breaker, order = [call.start for call in recorder.history.calls]
    assert [call.fault is not None for call in recorder.history.calls] == [False, True]
    assert (breaker.key, breaker.value.get("keyOf")) == ("o1", "cause")
    assert (order.key, order.value.get("keyOf")) == ("o1", None)


def test_a_batch_names_every_entity_in_it(wire: Wire, client: Client, recorder: Recorder) -> None:
    puts = [{"PutRequest": {"Item": {"orderId": {"S": o}}}} for o in ("o1", "o2")]
    client(wire, "dynamodb").batch_write_item(RequestItems={"orders": puts})
    told = only(recorder).start
    assert told.key is None
    assert told.value["keys"] == ["o1", "o2"]
    assert told.value["resource"] == "orders"


def test_a_query_is_about_the_entity_that_it_asks_for(
    wire: Wire, client: Client, recorder: Recorder
) -> None:
    client(wire, "dynamodb").query(
        TableName="links", KeyConditionExpression="#o = :o AND attempt > :a",
        ExpressionAttributeNames={"#o": "orderId"},
        ExpressionAttributeValues={":o": {"S": "o9"}, ":a": {"N": "1"}},
    )  # fmt: skip
    assert only(recorder).key == "o9"


def test_an_events_entity_and_bus_are_told(wire: Wire, client: Client, recorder: Recorder) -> None:
    entry = {"EventBusName": "arn:aws:events:us-east-1:1:event-bus/orders", "Source": "shop",
             "DetailType": "order.status", "Detail": json.dumps({"orderId": "o3"})}  # fmt: skip
    client(wire, "events").put_events(Entries=[entry])
    told = only(recorder).start
    assert (told.key, told.value["resource"]) == ("o3", "orders")
    assert told.value["request"] == {"DetailType": "order.status", "Source": "shop"}


def test_a_call_of_a_service_that_aws_does_not_have_is_passed_on_and_recorded(
    wire: Wire, aws: Aws, recorder: Recorder
) -> None:
    asked = urllib3.request("POST", wire.url, headers={"X-Amz-Target": "Nobody.Asks"}, body=b"{}")
    assert asked.data == b"{}"
    assert only(recorder).name.endswith(".unknown")
    assert len(aws.requests) == 1


def stage(resources: Mapping[str, str], functions: Mapping[str, str]) -> Stage:
    return Stage(
        name="shop", target="test", endpoint="", region="us-east-1", credentials={}, base_url="",
        outputs={}, parameters={}, capabilities={}, functions=functions, resources=resources,
    )  # fmt: skip
