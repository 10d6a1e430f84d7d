"""How our clients say that they write what they ask for into the history themselves."""

from collections.abc import Mapping

HEADER = "x-stageproof-recorded"


def telling() -> dict[str, str]:
    """The header, for a request that its maker records."""
    return {HEADER: "client"}


def is_told(headers: Mapping[str, str]) -> bool:
    """Whether a request with these headers (names in lower case) is recorded by its maker."""
    return HEADER in headers
