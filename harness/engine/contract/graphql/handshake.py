"""One subscribing over AppSync's realtime protocol, said step by step.

https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from harness.clients.realtime import Asking
from harness.model import Json

_SUBPROTOCOL = Subprotocol("graphql-ws")
_LARGEST = 2**20


class Silent(Exception):
    """The server ended the connection, or said what is no message."""


class Timeout(Silent):
    """The server said nothing in time."""


class Refusal(Exception):
    """The server refused; ``errors`` are its reasons, ``status`` that of HTTP they stand for."""

    def __init__(self, errors: list[Mapping[str, Json]], status: int) -> None:
        super().__init__(errors)
        self.errors = errors
        self.status = status


class Conversation:
    """A connection that was acknowledged."""

    def __init__(self, socket: ClientConnection, seconds: float) -> None:
        self._socket = socket
        self._seconds = seconds

    def start(self, asking: Asking, number: int = 1) -> None:
        """Subscribe, and wait until it stands.

        Raises:
            Refusal: it may not, or isn't valid.
            Silent: no answer came.
        """
        self._socket.send(json.dumps({**asking.start(), "id": str(number)}))
        self._until("start_ack")

    def stop(self, number: int = 1) -> None:
        """Leave, and wait until it is complete.

        Raises:
            Silent: no answer came.
        """
        self._socket.send(json.dumps({"type": "stop", "id": str(number)}))
        self._until("complete")

    def begin(self) -> None:
        """Say who one is, and wait to be let in."""
        self._socket.send(json.dumps({"type": "connection_init"}))
        self._until("connection_ack")

    def _until(self, wanted: str) -> None:
        while True:
            try:
                said: Any = json.loads(self._socket.recv(timeout=self._seconds))
            except TimeoutError:
                raise Timeout(f"no {wanted} in {self._seconds:g} s") from None
            except (WebSocketException, ValueError) as error:
                raise Silent(f"{type(error).__name__} instead of {wanted}") from None
            if said.get("type") == wanted:
                return
            if said.get("type") in ("error", "connection_error"):
                errors = (said.get("payload") or {}).get("errors") or [{"errorType": "no reason"}]
                raise Refusal(errors, int(errors[0].get("errorCode") or 200))


@contextmanager
def talking(asking: Asking, seconds: float) -> Iterator[Conversation]:
    """A connection of whoever asks.

    Raises:
        Refusal: they aren't let in.
        Silent, OSError: there is no connection.
    """
    with ExitStack() as held:
        conversation = Conversation(_connected(asking, seconds, held), seconds)
        conversation.begin()
        yield conversation


def _connected(asking: Asking, seconds: float, held: ExitStack) -> ClientConnection:
    try:
        return held.enter_context(
            connect(
                str(asking.address()), subprotocols=[_SUBPROTOCOL], open_timeout=seconds,
                max_size=_LARGEST, proxy=None, compression=None, ping_interval=None,
            )
        )  # fmt: skip
    except InvalidStatus as error:
        status = error.response.status_code
        raise Refusal([{"errorType": f"HTTP {status}"}], status) from None
    except WebSocketException as error:
        raise Silent(type(error).__name__) from None
