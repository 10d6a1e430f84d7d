"""How Larder talks to AWS: one session, bounded waits, errors in the words of the ports.

botocore is boto3's own lower half; without the upper one a cold start is a quarter shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.session import Session

from larder.services.errors import Conflict, StoreUnavailable

CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 3.0
ATTEMPTS = 3
"""Of one SDK call; three of them end well within a function's time-out."""

_OURS_TO_MEND = frozenset({"ValidationException", "SerializationException"})


class Aws:
    """Makes each service's client once; creating one costs tens of milliseconds."""

    def __init__(self) -> None:
        self._session = Session()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client for our own tables, queues, topics: quick answers, a few attempts."""
        return self._made(service, READ_TIMEOUT, ATTEMPTS)

    def single_shot(self, service: str, timeout: float) -> Any:
        """A client that tries once and waits ``timeout`` seconds: others do the retrying."""
        return self._made(service, timeout, 1)

    @property
    def region(self) -> str:
        """The region that the functions run in."""
        return str(self._session.get_config_variable("region"))

    def credentials(self) -> Any:
        """What requests are signed with, as they are now."""
        found = self._session.get_credentials()
        if found is None:
            raise StoreUnavailable("This function has no credentials to sign with.")
        return found.get_frozen_credentials()

    def _made(self, service: str, timeout: float, attempts: int) -> Any:
        if service not in self._clients:
            make: Any = self._session.create_client  # typed for literal names alone
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


def refused_item(refusal: Conflict) -> dict[str, Any]:
    """The item that a refused condition met, where the write asked for it; else empty."""
    cause = refusal.__cause__
    response: Mapping[str, Any] = cause.response if isinstance(cause, ClientError) else {}
    return dict(response.get("Item") or {})
