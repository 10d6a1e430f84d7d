"""Who calls, and what they sent along."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Json
from harness.sdl import Mode


@dataclass(frozen=True)
class Caller:
    """Somebody who was let in."""

    mode: Mode
    identity: Json = None
    """``identity`` as functions get it; None for an API key."""
    denied: frozenset[tuple[str, str]] = frozenset()
    """Types and fields that the authorizer function took away."""

    @property
    def name(self) -> str:
        """Who, for the history: never a token."""
        if isinstance(self.identity, Mapping):
            return str(self.identity.get("sub") or self.identity.get("username") or self.mode)
        return str(self.mode)


@dataclass(frozen=True)
class Credentials:
    """What somebody shows to be let in, over HTTP or as a realtime message's ``authorization``."""

    headers: Mapping[str, str]
    """Names in lower case."""
    path: str = "/graphql"
    """What an IAM signature covers, with the body."""
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    query: str = ""
    operation: str | None = None
    variables: Mapping[str, Json] = field(default_factory=dict)
