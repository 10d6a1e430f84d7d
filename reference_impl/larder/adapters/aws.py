"""How Larder talks to AWS: one session, bounded waits, errors in the words of the ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from larder.services.errors import Conflict, StoreUnavailable

CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 3.0
ATTEMPTS = 3
"""Of one SDK call; three of them end well within a function's time-out."""

_OURS_TO_MEND = frozenset({"ValidationException", "SerializationException"})
_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()

Item = dict[str, Any]
"""A record as DynamoDB's low-level client takes and gives it."""


class Aws:
    """Makes each service's client once; creating one costs tens of milliseconds."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client for our own tables, queues, topics: quick answers, a few attempts."""
        return self._made(service, READ_TIMEOUT, ATTEMPTS)

    def single_shot(self, service: str, timeout: float) -> Any:
        """A client that tries once and waits ``timeout`` seconds: others do the retrying."""
        return self._made(service, timeout, 1)

    def _made(self, service: str, timeout: float, attempts: int) -> Any:
        if service not in self._clients:
            make: Any = self._session.client  # typed by its name, which is known only at run time
            self._clients[service] = make(
                service,
                config=Config(
                    connect_timeout=min(CONNECT_TIMEOUT, timeout),
                    read_timeout=timeout,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    tcp_keepalive=True,
                ),
            )
        return self._clients[service]


@contextmanager
def store_errors(what: str) -> Iterator[None]:
    """Turns AWS's errors into the ports': Conflict for a refused condition, else
    StoreUnavailable. An error in our own request stays as it is, for it's a defect."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise Conflict(f"Could not {what}: the record isn't the one that was read.") from error
        if code in _OURS_TO_MEND:
            raise
        raise StoreUnavailable(f"Could not {what}: {code}.") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise StoreUnavailable(f"Could not {what}: {type(error).__name__}.") from error


def to_item(record: Mapping[str, object]) -> Item:
    """A record for the low-level client; what is None is left out."""
    return {
        name: _SERIALIZER.serialize(value) for name, value in record.items() if value is not None
    }


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain record behind a low-level item; numbers are Decimals."""
    return {name: _DESERIALIZER.deserialize(value) for name, value in item.items()}


def refused_item(refusal: Conflict) -> Item:
    """The item that a refused condition met, where the write asked for it; else empty."""
    cause = refusal.__cause__
    response: Mapping[str, Any] = cause.response if isinstance(cause, ClientError) else {}
    return dict(response.get("Item") or {})
