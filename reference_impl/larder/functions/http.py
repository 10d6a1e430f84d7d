"""A request as API Gateway hands it over, and an answer as it takes it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """What a function reads of a request. Header names are in lower case, the body is raw."""

    headers: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    path: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; ``body`` becomes JSON."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def with_headers(self, headers: Mapping[str, str]) -> Response:
        """The same answer with more headers; its own stay as they are."""
        return Response(self.status, self.body, {**headers, **self.headers}, self.media_type)


def read_request(event: Mapping[str, Any]) -> Request:
    """The request in a proxy event."""
    return Request(
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        query=_query(event),
        path=event.get("pathParameters") or {},
        body=_body(event),
    )


def write_response(response: Response) -> dict[str, Any]:
    """The answer as the proxy integration takes it."""
    return {
        "statusCode": response.status,
        "headers": {"Content-Type": response.media_type, **response.headers},
        "body": json.dumps(response.body),
        "isBase64Encoded": False,
    }


def _query(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    every = event.get("multiValueQueryStringParameters")
    if every:
        return {name: tuple(values) for name, values in every.items()}
    return {name: (value,) for name, value in (event.get("queryStringParameters") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        # A body that isn't UTF-8 may come as escaped bytes; it must not end the function.
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return b"\xff"
