"""Who can call the stage, as ``harness.toml`` declares it."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model import Frozen


class _Person(Frozen):
    subject: str = ""
    """Who the token is about, as the application knows them."""
    tier: str = ""
    email: str = ""


class StaticIdentity(_Person):
    """A token that is simply there; none at all for somebody without one."""

    kind: Literal["static"] = "static"
    token: str | None = None


class CommandIdentity(_Person):
    """A command prints the token."""

    kind: Literal["command"] = "command"
    argv: tuple[str, ...] = Field(min_length=1)
    seconds: float = Field(default=30, gt=0)


class FromDouble(Frozen):
    """An address served by a double."""

    double: str
    path: str


class OAuthIdentity(_Person):
    """OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

    kind: Literal["oauth"] = "oauth"
    token_url: str | FromDouble
    client_id: str
    client_secret: str = ""
    """The name of the environment variable that holds the secret; without one, none is sent."""
    scope: str = ""
    extra: dict[str, str] = Field(default_factory=dict)
    """Further fields of the token request. ``subject``, ``tier`` and ``email`` are sent too."""


IdentitySettings = Annotated[
    StaticIdentity | CommandIdentity | OAuthIdentity, Field(discriminator="kind")
]
