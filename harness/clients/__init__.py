"""What a scenario speaks through: REST, as somebody. Every exchange goes into the history."""

from harness.clients.answer import Answer
from harness.clients.errors import ClientError
from harness.clients.identities import resolve_identities
from harness.clients.rest import Rest
from harness.clients.settings import (
    CommandIdentity,
    FromDouble,
    IdentitySettings,
    OAuthIdentity,
    StaticIdentity,
)

__all__ = [
    "Answer",
    "ClientError",
    "CommandIdentity",
    "FromDouble",
    "IdentitySettings",
    "OAuthIdentity",
    "Rest",
    "StaticIdentity",
    "resolve_identities",
]
