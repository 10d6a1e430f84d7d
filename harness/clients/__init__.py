"""What speaks to a stage, as somebody: REST, GraphQL, subscriptions. Everything is recorded."""

from harness.clients.answer import Answer
from harness.clients.entity import entity_key
from harness.clients.errors import ClientError
from harness.clients.following import Follower, Step, Steps
from harness.clients.graphql import GraphQL
from harness.clients.graphql_answer import GraphQLAnswer
from harness.clients.identities import resolve_identities
from harness.clients.realtime import realtime_url
from harness.clients.rest import Rest
from harness.clients.rest_records import RestRecords
from harness.clients.settings import (
    ApiKeyIdentity,
    CommandIdentity,
    FromDouble,
    IamIdentity,
    IdentitySettings,
    OAuthIdentity,
    StaticIdentity,
)
from harness.clients.subscription import Ended, Message, Standing, Subscription
from harness.clients.telling import is_told, telling

__all__ = [
    "Answer",
    "ApiKeyIdentity",
    "ClientError",
    "CommandIdentity",
    "Ended",
    "Follower",
    "FromDouble",
    "GraphQL",
    "GraphQLAnswer",
    "IamIdentity",
    "IdentitySettings",
    "Message",
    "OAuthIdentity",
    "Rest",
    "RestRecords",
    "Standing",
    "StaticIdentity",
    "Step",
    "Steps",
    "Subscription",
    "entity_key",
    "is_told",
    "realtime_url",
    "resolve_identities",
    "telling",
]
