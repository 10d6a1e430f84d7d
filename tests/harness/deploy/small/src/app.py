# ruff: noqa: T201 (what a function prints is its log)
"""A thing is put; its stream queues work; the work marks it done, unless it is poison."""

import json
import os
from typing import Any

import boto3


def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["TABLE"])


def things(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The API."""
    key = event["pathParameters"]["id"]
    print("asked for", key)
    if key == "boom":
        raise RuntimeError("the thing blew up")
    if event["httpMethod"] == "PUT":
        _table().put_item(Item={"thingId": key, "state": "NEW", "note": "private", "size": 3})
        return {"statusCode": 202, "body": json.dumps({"thingId": key})}
    body = {k: os.environ[k] for k in ("GREETING", "PROVIDER")}
    return {"statusCode": 200, "body": json.dumps(body)}


def stream(event: dict[str, Any], context: Any) -> None:
    """Queues work for what is new; announces what is done."""
    for record in event["Records"]:
        new = record["dynamodb"].get("NewImage", {})
        key, state = new.get("thingId", {}).get("S"), new.get("state", {}).get("S")
        print("stream", key, state)
        if state == "NEW":
            boto3.client("sqs").send_message(
                QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps({"thingId": key})
            )
        if state == "DONE":
            detail = json.dumps({"thingId": key, "size": 3})
            boto3.client("events").put_events(
                Entries=[{"Source": "small", "DetailType": "thing.done", "Detail": detail,
                          "EventBusName": os.environ["BUS"]}]
            )  # fmt: skip
            boto3.client("sns").publish(
                TopicArn=os.environ["TOPIC"], Subject="done", Message=detail
            )


def work(event: dict[str, Any], context: Any) -> None:
    """Marks things done."""
    for record in event["Records"]:
        key = json.loads(record["body"])["thingId"]
        print("working on", key)
        if key.startswith("poison"):
            raise ValueError(f"{key} can't be worked on")
        _table().update_item(
            Key={"thingId": key},
            UpdateExpression="SET #s = :d",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":d": "DONE"},
        )
