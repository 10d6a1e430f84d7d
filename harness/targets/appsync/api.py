"""An API as the template describes it: what the front serves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.sdl import Mode


@dataclass(frozen=True)
class LambdaProvider:
    """An authorizer function."""

    function: str
    ttl: float = 300
    """Seconds that its answer is kept; 0 asks every time."""
    token: re.Pattern[str] | None = None
    """Tokens that don't match are refused without asking."""


@dataclass(frozen=True)
class OidcProvider:
    """An issuer of tokens."""

    issuer: str
    client: re.Pattern[str] | None = None
    """What ``aud`` or ``azp`` has to match."""
    auth_ttl: float = 0
    """Seconds since ``auth_time`` that a token is good for; 0 for as long as it says."""
    iat_ttl: float = 0
    """The same since ``iat``."""


@dataclass(frozen=True)
class Key:
    """An API key."""

    name: str
    value: str
    expires: float
    """Seconds since the epoch."""


@dataclass(frozen=True)
class Step:
    """One call of a data source."""

    function: str | None
    """The Lambda function; None for a NONE data source, which gives its payload back."""
    payload: tuple[str, ...] | None = ()
    """Which part of the context it is given: all of it by default, None for nothing."""
    batch: int = 0
    """How many calls are made as one; 0 for one at a time."""
    raises: bool = True
    """Whether the function's error is the field's; a mapping that never asks for it loses it."""
    envelope: bool = False
    """Whether the answer is ``{data, errorMessage, errorType, errorInfo}``, to be opened."""


@dataclass(frozen=True)
class Resolver:
    """What resolves a field: one step, or a pipeline of them."""

    type_name: str
    field_name: str
    steps: tuple[Step, ...]
    pipeline: bool = False


@dataclass(frozen=True)
class Limits:
    """AppSync's quotas, and what the template narrows.

    https://docs.aws.amazon.com/general/latest/gr/appsync.html
    """

    depth: int = 0
    """Levels a query may have; 0 for any."""
    resolvers: int = 10_000
    """Resolvers that may run in one request."""
    seconds: float = 30
    body: int = 1024 * 1024
    tokens: int = 15_000
    subscriptions: int = 100
    """On one connection."""
    message: int = 240 * 1024
    """Bytes of one message to a subscriber; a longer one is not sent."""


@dataclass(frozen=True)
class Api:
    """One GraphQL API."""

    logical: str
    id: str
    name: str
    region: str
    account: str
    sdl: str
    default: Mode
    modes: frozenset[Mode]
    keys: tuple[Key, ...] = ()
    authorizer: LambdaProvider | None = None
    issuers: tuple[OidcProvider, ...] = ()
    resolvers: Mapping[tuple[str, str], Resolver] = field(default_factory=dict)
    """By type and field."""
    introspection: bool = True
    limits: Limits = field(default_factory=Limits)
