"""Functions that do what the probe asks, and write down each delivery."""

import json
import os
import time
import uuid
from typing import Any

import boto3

Event = dict[str, Any]


def seen(what: str) -> None:
    """Write down that it was delivered, and when."""
    boto3.client("dynamodb").put_item(
        TableName=os.environ["SEEN"],
        Item={"what": {"S": what}, "at": {"S": f"{time.time():.3f}-{uuid.uuid4()}"}},
    )


def authorizer(event: Event, context: Any) -> Event:
    """Lets in whoever says ok."""
    if event["authorizationToken"] != "ok":
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "somebody", "policyDocument": policy}


def echo(event: Event, context: Any) -> Any:
    """Tells what it knows; writes to a table that it has no right to; resolves fields."""
    if "info" in event and "parentTypeName" in event["info"]:
        return resolved(event)
    if event.get("raise"):
        raise RuntimeError("asked to")
    if event.get("write"):
        boto3.client("dynamodb").put_item(
            TableName=os.environ["TABLE"], Item={"id": {"S": event["write"]}}
        )
    if event.get("seen"):
        seen(event["seen"])
    body = {"pid": os.getpid(), "trace": os.environ.get("_X_AMZN_TRACE_ID", "")}
    body["customised"] = os.environ.get("CUSTOMISED_BY_PROBE", "")
    return {"statusCode": 200, "body": json.dumps(body)}


def resolved(event: Event) -> Any:
    """A field of the probe's GraphQL schema."""
    field = event["info"]["fieldName"]
    if field == "fails":
        raise RuntimeError("asked to")
    return {"many": [{"name": "a"}, {"name": "b"}], "piped": {"name": "piped"}}.get(
        field, {"name": field}
    )


def slow(event: Event, context: Any) -> str:
    """Takes longer than it may."""
    time.sleep(4)
    return "late"


def busy(event: Event, context: Any) -> float:
    """Occupies its only environment for a while."""
    seen(f"busy {event['seconds']}")
    time.sleep(event["seconds"])
    return time.time()


def failing(event: Event, context: Any) -> None:
    """Never succeeds."""
    seen("async")
    raise RuntimeError("asked to")


def hesitant(event: Event, context: Any) -> None:
    """Fails the first time that it gets an event, and not the second."""
    mark = event["detail"]["mark"]
    before = boto3.client("dynamodb").query(
        TableName=os.environ["SEEN"],
        KeyConditionExpression="what = :w",
        ExpressionAttributeValues={":w": {"S": mark}},
        ConsistentRead=True,
    )["Items"]
    seen(mark)
    if not before:
        raise RuntimeError("asked to")


def ticking(event: Event, context: Any) -> None:
    """Writes down that it was invoked on schedule."""
    seen("tick")


def rotating(event: Event, context: Any) -> None:
    """One step of a secret's rotation."""
    seen(f"rotation {event['Step']}")
    secrets = boto3.client("secretsmanager")
    if event["Step"] == "createSecret":
        secrets.put_secret_value(
            SecretId=event["SecretId"],
            ClientRequestToken=event["ClientRequestToken"],
            SecretString="rotated",
            VersionStages=["AWSPENDING"],
        )
    if event["Step"] == "finishSecret":
        versions = secrets.describe_secret(SecretId=event["SecretId"])["VersionIdsToStages"]
        (current,) = [v for v, stages in versions.items() if "AWSCURRENT" in stages]
        secrets.update_secret_version_stage(
            SecretId=event["SecretId"],
            VersionStage="AWSCURRENT",
            MoveToVersionId=event["ClientRequestToken"],
            RemoveFromVersionId=current,
        )


def sleepy(event: Event, context: Any) -> None:
    """Takes its time for each message."""
    seen("sleepy")
    time.sleep(3)


def stream(event: Event, context: Any) -> Event:
    """Fails as the rows' ids ask."""
    failed = []
    keys = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
    seen(f"batch {'+'.join(keys)}")
    for record, key in zip(event["Records"], keys, strict=True):
        seen(f"record {key}")
        if key.startswith("raise"):
            raise RuntimeError(key)
        if key.startswith("partial"):
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failed}


def work(event: Event, context: Any) -> Event:
    """Fails as the messages' bodies ask."""
    failed = []
    for record in event["Records"]:
        seen(f"message {record['body']}")
        if record["body"].startswith("hide"):
            boto3.client("sqs").change_message_visibility(
                QueueUrl=os.environ["QUEUE"],
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=1,
            )
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
