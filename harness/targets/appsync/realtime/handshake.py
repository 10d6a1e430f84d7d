"""How a realtime connection begins: a websocket whose address, or subprotocol, says who calls."""

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from harness.sdl import jsontext
from harness.targets.appsync.caller import Credentials
from harness.targets.appsync.errors import Refused
from harness.targets.appsync.realtime.messages import lowered

SUBPROTOCOL = "graphql-ws"
_IN_SUBPROTOCOL = "header-"
_SIGNED_PATH = "/graphql/connect"
_SIGNED_BODY = b"{}"


def credentials_of(query: str, subprotocols: Iterable[str], *, source_ip: str) -> Credentials:
    """Who wants to connect.

    Args:
        query: the address's query as it came, not decoded: base64's ``+`` may stand there as it is.

    Raises:
        Refused: nothing says so, or it can't be read.
    """
    encoded = _parameters(query).get("header")
    for offered in subprotocols:
        if offered.startswith(_IN_SUBPROTOCOL):
            encoded = offered.removeprefix(_IN_SUBPROTOCOL)
    if not encoded:
        raise Refused(401, "UnauthorizedException", "Required headers are missing.")
    return Credentials(lowered(_decoded(encoded)), _SIGNED_PATH, _SIGNED_BODY, source_ip)


def _parameters(query: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in query.split("&"))
    # Some clients escape, some don't, and some libraries make a space of the plus.
    return {name: unquote(value).replace(" ", "+") for name, _, value in pairs}


def _decoded(encoded: str) -> dict[str, object]:
    standard = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
        found = jsontext.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "BadRequestException", "The header parameter can't be decoded.")
    return found
