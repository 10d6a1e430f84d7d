"""What a scenario speaks through: REST, as somebody. Every exchange goes into the history."""

from harness.clients.answer import Answer
from harness.clients.entity import entity_key
from harness.clients.errors import ClientError
from harness.clients.identities import resolve_identities
from harness.clients.rest import Rest
from harness.clients.settings import (
    ApiKeyIdentity,
    CommandIdentity,
    FromDouble,
    IamIdentity,
    IdentitySettings,
    OAuthIdentity,
    StaticIdentity,
)
from harness.clients.telling import is_told, telling

__all__ = [
    "Answer",
    "ApiKeyIdentity",
    "ClientError",
    "CommandIdentity",
    "FromDouble",
    "IamIdentity",
    "IdentitySettings",
    "OAuthIdentity",
    "Rest",
    "StaticIdentity",
    "entity_key",
    "is_told",
    "resolve_identities",
    "telling",
]
