"""Parcels: where each is, and how often it moved."""

import json
import os
from typing import Any

import boto3

TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def health(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": json.dumps({"well": True}),
            "headers": {"content-type": "application/json"}}  # fmt: skip


def resolve(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """AppSync's direct resolver of both fields."""
    arguments = event["arguments"]
    if event["info"]["fieldName"] == "parcel":
        return _shown(TABLE.get_item(Key={"parcelId": arguments["parcelId"]}).get("Item"))
    moved = TABLE.update_item(
        Key={"parcelId": arguments["parcelId"]},
        UpdateExpression="SET place = :place ADD #sequence :one",
        ExpressionAttributeNames={"#sequence": "sequence"},
        ExpressionAttributeValues={":place": arguments["to"], ":one": 1},
        ReturnValues="ALL_NEW",
    )
    return _shown(moved["Attributes"])


def _shown(item: dict[str, Any] | None) -> dict[str, Any] | None:
    return item and {**item, "sequence": int(item["sequence"])}
