"""A notice board: pin a notice, read it, take it down."""

import json
import os
import re
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
TITLE = re.compile(r"[A-Za-z0-9 ]{3,40}")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    match event["httpMethod"]:
        case "POST":
            return pin(event)
        case "GET":
            return read(event)
        case _:
            return take_down(event)


def pin(event: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(event.get("body") or "")
    except ValueError:
        return answer(400, {"error": "the body must be JSON"})
    if not isinstance(body, dict) or set(body) != {"title"}:
        return answer(400, {"error": "the body must have exactly: title"})
    title = body["title"]
    if not isinstance(title, str) or not TITLE.fullmatch(title):
        return answer(400, {"error": "title must be 3 to 40 letters, digits and spaces"})
    notice = {"noticeId": uuid.uuid4().hex, "title": title, "pinned": datetime.now(UTC).isoformat()}
    TABLE.put_item(Item=notice)
    return answer(201, notice)


def read(event: dict[str, Any]) -> dict[str, Any]:
    found = TABLE.get_item(Key=key_of(event), ConsistentRead=True).get("Item")
    return answer(200, found) if found else answer(404, {"error": "no such notice"})


def take_down(event: dict[str, Any]) -> dict[str, Any]:
    gone = TABLE.delete_item(Key=key_of(event), ReturnValues="ALL_OLD").get("Attributes")
    return answer(204) if gone else answer(404, {"error": "no such notice"})


def key_of(event: dict[str, Any]) -> dict[str, str]:
    return {"noticeId": event["pathParameters"]["noticeId"]}


def answer(status: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": "" if body is None else json.dumps(body),
    }
