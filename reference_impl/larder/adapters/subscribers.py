"""The customers' subscriptions, fed by the mutation publishOrderUpdate of contracts/schema.graphql.

The request is signed as AppSync wants it of other functions (Signature Version 4).
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization
"""

from __future__ import annotations

import json
from typing import Any, Protocol

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from urllib3.exceptions import HTTPError

from larder.domain.moments import write_moment
from larder.services.errors import AnnouncementRefused, StoreUnavailable
from larder.services.ports import StatusEvent

TIMEOUT = 3.0
"""Seconds that one request may take."""
TOO_MANY = 429

MUTATION = (
    "mutation Tell($input: OrderUpdateInput!) { publishOrderUpdate(input: $input) "
    "{ orderId customerId version status previousStatus at correlationId } }"
)
"""It asks for every field: a subscriber sees only what the mutation asked for."""


class Signed(Protocol):
    """Gives what requests are signed with; they may change while the function lives."""

    def __call__(self) -> Credentials:
        """Those of this moment."""
        ...


class Subscribers:
    """``url`` is the GraphQL API's."""

    def __init__(
        self, pool: urllib3.PoolManager, url: str, region: str, credentials: Signed
    ) -> None:
        self._pool = pool
        self._url = url
        self._region = region
        self._credentials = credentials

    def publish(self, event: StatusEvent) -> None:
        """Tell the order's customer, wherever they listen. Raises StoreUnavailable, and
        AnnouncementRefused where asking again won't help by itself."""
        body = json.dumps({"query": MUTATION, "variables": {"input": _input(event)}}).encode()
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=self._headers(body),
                timeout=urllib3.Timeout(total=TIMEOUT),
                retries=False,
                redirect=False,
            )
        except HTTPError as error:
            raise StoreUnavailable(f"Could not publish: {type(error).__name__}.") from error
        if response.status == TOO_MANY or response.status >= 500:
            raise StoreUnavailable(f"Could not publish: {response.status}.")
        _check(response.status, response.data)

    def _headers(self, body: bytes) -> dict[str, str]:
        request = AWSRequest(
            "POST", self._url, data=body, headers={"Content-Type": "application/json"}
        )
        SigV4Auth(self._credentials(), "appsync", self._region).add_auth(request)
        return dict(request.headers.items())


def _input(event: StatusEvent) -> dict[str, object]:
    return {
        "orderId": event.order_id,
        "customerId": event.customer_id,
        "version": event.version,
        "status": event.status.value,
        "previousStatus": event.previous.value if event.previous else None,
        "at": write_moment(event.at),
        "correlationId": event.correlation_id,
    }


def _check(status: int, body: bytes) -> None:
    """An answer without data is a refusal, whatever else it says."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict) and not answer.get("errors"):
        return
    errors = answer.get("errors") if isinstance(answer, dict) else None
    kinds = [str(each.get("errorType")) for each in errors or () if isinstance(each, dict)]
    raise AnnouncementRefused(f"Publishing was refused: {status} {', '.join(kinds)}.")
