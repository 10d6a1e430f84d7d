"""DynamoDB Local is asked straight: by one HTTP request, whose answer is read once.

LocalStack forwards each request through a client made for any site, and event sources ask for a
stream's records through its own API: each record, with its item before and after, is read, written
and read again, each time shape by shape. On a busy stage the two are a third of all that it does.
"""

import json
from datetime import UTC, datetime
from typing import Any

_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=any/20260101/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=any"
)
"""DynamoDB Local takes from it whose table is meant, and looks at nothing else."""
_TYPE = "application/x-amz-json-1.0"
_GET_RECORDS = "DynamoDBStreams_20120810.GetRecords"
_FORWARDED = ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target")
_OURS = frozenset(("connection", "content-length", "date", "server", "transfer-encoding"))
"""Headers of an answer that are the web server's."""
_CONNECTIONS = 64


class Straight:
    """DynamoDB Local, over connections that are kept; any thread may ask."""

    def __init__(self) -> None:
        from localstack.services.dynamodb.server import DynamodbServer  # noqa: PLC0415 (slow)
        from urllib3 import HTTPConnectionPool  # noqa: PLC0415

        self._server = DynamodbServer.get()
        self._pool = HTTPConnectionPool("127.0.0.1", self._server.port, maxsize=_CONNECTIONS)

    def takes_over(self) -> None:
        """What LocalStack forwards comes here from now on."""
        self._server.proxy.proxy = self

    def forward(self, request: Any, forward_path: str) -> Any:
        """DynamoDB Local's answer to a request of LocalStack's, as its proxy gives it."""
        from localstack.http import Response  # noqa: PLC0415

        sent = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        answer = self._pool.request(
            request.method, forward_path, body=request.get_data(), headers=sent
        )
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _OURS}
        return Response(answer.data, status=answer.status, headers=kept)

    def records(self, stream: str, iterator: str, limit: int) -> dict[str, Any] | None:
        """What GetRecords answers; None unless it succeeds: then LocalStack asks in its own way,
        which tells errors and knows of replicas."""
        _, _, _, region, account, _ = stream.split(":", 5)
        asked = {"ShardIterator": local(iterator), "Limit": limit}
        answer = self._pool.request(
            "POST", "/", body=json.dumps(asked), headers=_headers(account, region)
        )
        return read(answer.data) if answer.status == 200 else None


def _headers(account: str, region: str) -> dict[str, str]:
    from localstack.services.dynamodb.v2.provider import DynamoDBProvider  # noqa: PLC0415

    headers = {"Authorization": _SIGNED, "Content-Type": _TYPE, "X-Amz-Target": _GET_RECORDS}
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
