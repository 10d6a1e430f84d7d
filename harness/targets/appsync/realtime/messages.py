"""What is said over a realtime connection."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model import Json
from harness.sdl import jsontext
from harness.targets.appsync.errors import Refused

Message = dict[str, Json]

KEEP_ALIVE: Message = {"type": "ka"}


@dataclass(frozen=True)
class Said:
    """A message of the client's."""

    type: str
    id: str | None
    payload: Mapping[str, Json]


def read(text: str) -> Said:
    """What the client said.

    Raises:
        Refused: it is no message.
    """
    try:
        found = jsontext.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise Refused(400, "BadRequestException", "Message is not valid JSON with a type.")
    payload, given = found.get("payload"), found.get("id")
    known = isinstance(given, str | int) and not isinstance(given, bool)
    return Said(
        found["type"], str(given) if known else None, payload if isinstance(payload, dict) else {}
    )


def asked_for(said: Said) -> tuple[dict[str, Json], str, dict[str, str]]:
    """A ``start``'s GraphQL request, its text as it was signed, and its credentials.

    Raises:
        Refused: it lacks one.
    """
    text = said.payload.get("data")
    extensions = said.payload.get("extensions")
    given = extensions.get("authorization") if isinstance(extensions, dict) else None
    try:
        request = jsontext.loads(text) if isinstance(text, str) else None
    except ValueError:
        request = None
    if not isinstance(text, str) or not isinstance(request, dict):
        raise Refused(400, "BadRequestException", "payload.data is not a GraphQL request.")
    if not isinstance(given, dict):
        message = "payload.extensions.authorization is missing."
        raise Refused(401, "UnauthorizedException", message)
    return request, text, lowered(given)


def lowered(headers: Mapping[str, Json]) -> dict[str, str]:
    """Header names as they are looked up."""
    return {str(name).lower(): str(value) for name, value in headers.items()}


def acknowledged(timeout: float) -> Message:
    """The connection stands; a client that hears nothing for so long should leave."""
    return {"type": "connection_ack", "payload": {"connectionTimeoutMs": int(timeout * 1000)}}


def refused(refusal: Refused) -> Message:
    """The connection doesn't stand."""
    return {"type": "connection_error", "payload": _with_code(refusal)}


def failed(refusal: Refused, id: str | None) -> Message:
    """An operation is refused; without an id, a message wasn't understood."""
    message: Message = {"type": "error", "payload": _with_code(refusal)}
    return message if id is None else {"id": id, **message}


def failed_with(errors: list[Json], id: str) -> Message:
    """A subscription is refused by GraphQL's own errors."""
    return {"id": id, "type": "error", "payload": {"errors": errors}}


def _with_code(refusal: Refused) -> dict[str, Json]:
    [error] = refusal.body()["errors"]
    return {"errors": [{**error, "errorCode": refusal.status}]}
