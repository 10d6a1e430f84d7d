"""Who can call the stage, as ``harness.toml`` declares it."""

from typing import Annotated, Literal

from pydantic import Field

from harness.model import Frozen


class _Person(Frozen):
    subject: str = ""
    """Who the token is about, as the application knows them."""
    tier: str = ""
    email: str = ""
    key_variable: str = ""
    """The name of the environment variable that holds the API key which is sent beside a token
    where both are asked for."""


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


class ApiKeyIdentity(_Person):
    """Somebody with an API key."""

    kind: Literal["api_key"] = "api_key"
    output: str = ""
    """The stack output that is the key."""
    value: str = ""
    """The key itself, instead; or ``key_variable``, the environment's."""


class IamIdentity(_Person):
    """An AWS identity, which signs what it asks: by default the one that deployed the stage."""

    kind: Literal["iam"] = "iam"
    access_key_id: str = ""
    """One that isn't the stage's own, such as somebody unknown to it."""
    secret_access_key: str = ""
    """The name of the environment variable that holds it; without one, the stage's own secret."""


IdentitySettings = Annotated[
    StaticIdentity | CommandIdentity | OAuthIdentity | ApiKeyIdentity | IamIdentity,
    Field(discriminator="kind"),
]
