"""A stream's records are asked of DynamoDB Local itself, and read once.

LocalStack asks its own API, which asks DynamoDB Local: every record, with its item before and
after, is read, written and read again, each time shape by shape. On a busy stage that is a fifth of
all that it does.
"""

import json
from datetime import UTC, datetime
from typing import Any

_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=any"
)
"""DynamoDB Local takes from it whose table is meant, and looks at nothing else."""
_TARGET = "DynamoDBStreams_20120810.GetRecords"


class Asking:
    """Asks on behalf of one event source after another, over connections that it keeps."""

    def __init__(self) -> None:
        from localstack.services.dynamodb.server import DynamodbServer  # noqa: PLC0415 (slow)
        from urllib3 import HTTPConnectionPool  # noqa: PLC0415

        self._server = DynamodbServer.get()
        self._pool = HTTPConnectionPool("127.0.0.1", self._server.port, maxsize=16)

    def records(self, stream: str, iterator: str, limit: int) -> dict[str, Any] | None:
        """What GetRecords answers; None unless it succeeds: then LocalStack asks in its own way,
        which tells errors and knows of replicas."""
        _, _, _, region, account, _ = stream.split(":", 5)
        asked = {"ShardIterator": local(iterator), "Limit": limit}
        answer = self._pool.request(
            "POST", "/", body=json.dumps(asked), headers=self._headers(account, region)
        )
        return read(answer.data) if answer.status == 200 else None

    def _headers(self, account: str, region: str) -> dict[str, str]:
        from localstack.services.dynamodb.v2.provider import DynamoDBProvider  # noqa: PLC0415

        headers = {
            "Authorization": _SIGNED,
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": _TARGET,
        }
        DynamoDBProvider.prepare_request_headers(headers, account_id=account, region_name=region)
        return headers


def local(iterator: str) -> str:
    """The iterator as DynamoDB Local knows it: one region and one account has it all."""
    return f"arn:aws:dynamodb:ddblocal:000000000000:{iterator.split(':', 5)[5]}"


def read(answer: bytes) -> dict[str, Any]:
    """GetRecords' answer as an SDK gives it, but for binary values, which stay base64 as functions
    are given them."""
    found: dict[str, Any] = json.loads(answer)
    for record in found.get("Records", ()):
        created = record["dynamodb"].get("ApproximateCreationDateTime")
        if created is not None:
            record["dynamodb"]["ApproximateCreationDateTime"] = datetime.fromtimestamp(created, UTC)
    return found
