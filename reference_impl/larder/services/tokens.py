"""Who asks: what an access token says of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from larder.services.errors import PortError


class BadToken(PortError):
    """The token is absent, malformed, not ours, or not valid now."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as the token says."""

    user_id: str
    tier: str
    scope: str
    email: str


class Tokens(Protocol):
    """Tells whom a token names."""

    def identity(self, authorization: str | None) -> Identity:
        """Whom an `Authorization: Bearer …` header names. Raises BadToken."""
        ...


def as_bearer(token: str | None) -> str | None:
    """A token as `identity` takes it. AppSync's callers send it without a scheme: AppSync takes
    one with it for another kind of authorisation."""
    if token is None or token.lower().startswith("bearer "):
        return token
    return f"Bearer {token}"
