# ruff: noqa: T201 (what a function prints is its log)
"""Functions that do what a test asks, and log each delivery."""

import json
import os
import time
from typing import Any

import boto3

Event = dict[str, Any]


def authorizer(event: Event, context: Any) -> Event:
    """Lets in whoever says ok."""
    if event["authorizationToken"] != "ok":
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "somebody", "policyDocument": policy}


def echo(event: Event, context: Any) -> Event:
    """Tells what it knows; writes to a table that it has no right to."""
    if event.get("raise"):
        raise RuntimeError("asked to")
    if event.get("write"):
        boto3.client("dynamodb").put_item(
            TableName=os.environ["TABLE"], Item={"id": {"S": event["write"]}}
        )
    body = {"pid": os.getpid(), "trace": os.environ.get("_X_AMZN_TRACE_ID", "")}
    return {"statusCode": 200, "body": json.dumps(body)}


def stream(event: Event, context: Any) -> Event:
    """Fails as the row's id asks."""
    (record,) = event["Records"]
    key = record["dynamodb"]["Keys"]["id"]["S"]
    print("delivered", key)
    if key.startswith("raise"):
        raise RuntimeError(key)
    failed = [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]
    return {"batchItemFailures": failed if key.startswith("partial") else []}


def work(event: Event, context: Any) -> Event:
    """Fails as the message's body asks."""
    failed = []
    for record in event["Records"]:
        print("delivered", record["body"], time.time())
        if record["body"].startswith("hide"):
            boto3.client("sqs").change_message_visibility(
                QueueUrl=os.environ["QUEUE"],
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=1,
            )
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
