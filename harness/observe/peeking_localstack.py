"""Queues of LocalStack, looked into through its developer endpoint, which receives nothing.

https://docs.localstack.cloud/aws/services/sqs/#developer-endpoints
"""

import http.client
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from harness.model import Stage
from harness.observe.peeking import Peeked

_ACCOUNT = "000000000000"
"""Whose queues are seen with credentials that name no account."""
_ALL = urlencode({"ShowInvisible": "true", "ShowDelayed": "true"})


def account_of(stage: Stage) -> str:
    """The account that LocalStack takes these credentials for."""
    key = stage.credentials.get("aws_access_key_id", "")
    return key if len(key) == 12 and key.isdigit() else _ACCOUNT


class LocalStackPeeker:
    """Looks at these queues, one request each: there is none for all of them."""

    def __init__(self, stage: Stage, queues: Iterable[str]) -> None:
        assert stage.endpoint is not None  # noqa: S101 (only emulators can be peeked at)
        self._host = urlsplit(stage.endpoint).netloc
        self._paths = {
            queue: f"/_aws/sqs/messages/{stage.region}/{account_of(stage)}/{queue}?{_ALL}"
            for queue in dict.fromkeys(queues)
        }
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self) -> dict[str, list[Peeked]]:
        """Queue name → its messages.

        Raises:
            OSError, ValueError: it doesn't answer, or not with that.
        """
        return {queue: self._look(path) for queue, path in self._paths.items()}

    def _look(self, path: str) -> list[Peeked]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            self._connection.request("GET", path, headers={"Accept": "application/json"})
            answer = json.loads(self._connection.getresponse().read())
        except http.client.HTTPException as error:
            self._connection = None
            raise OSError(f"peeking failed: {error}") from error
        except OSError:
            self._connection = None
            raise
        if "ReceiveMessageResponse" not in answer:
            raise ValueError(f"peeking failed: {json.dumps(answer)[:200]}")
        result = answer["ReceiveMessageResponse"]["ReceiveMessageResult"] or {}
        found = result.get("Message") or []
        return [_peeked(m) for m in ([found] if isinstance(found, dict) else found)]


def _peeked(message: Mapping[str, Any]) -> Peeked:
    system = {a["Name"]: a["Value"] for a in _listed(message.get("Attribute"))}
    own = {a["Name"]: a.get("Value", {}) for a in _listed(message.get("MessageAttribute"))}
    return Peeked(
        id=str(message["MessageId"]),
        body=str(message["Body"]),
        attributes={name: value.get("StringValue") for name, value in own.items()},
        receives=int(system.get("ApproximateReceiveCount", 0)),
        delay=0,
    )


def _listed(value: Any) -> list[Any]:
    """XML turned JSON: one member stands alone."""
    return value if isinstance(value, list) else [] if value is None else [value]
