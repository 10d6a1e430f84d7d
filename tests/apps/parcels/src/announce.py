"""Tells subscribers of each move, in the table's order."""

import json
import os
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

PUBLISH = """
mutation publish($parcel: Moved!) {
  publishMoved(parcel: $parcel) { parcelId place sequence }
}
"""


def handler(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage")
        if image:
            _publish({
                "parcelId": image["parcelId"]["S"],
                "place": image["place"]["S"],
                "sequence": int(image["sequence"]["N"]),
            })  # fmt: skip


def _publish(parcel: dict[str, Any]) -> None:
    url, body = os.environ["GRAPHQL_URL"], {"query": PUBLISH, "variables": {"parcel": parcel}}
    request = AWSRequest("POST", url, {"content-type": "application/json"}, json.dumps(body))
    session = boto3.Session()
    SigV4Auth(session.get_credentials(), "appsync", session.region_name).add_auth(request)
    sent = Request(url, str(request.data).encode(), dict(request.headers.items()))  # noqa: S310
    with urlopen(sent, timeout=5) as answer:  # noqa: S310
        said = json.load(answer)
    if said.get("errors"):
        raise RuntimeError(said["errors"])
