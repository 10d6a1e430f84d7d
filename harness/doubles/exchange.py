"""A call to a double, as its handlers see it: a request in, a reply out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from harness.model import Action, Json


def parsed(body: bytes) -> Json:
    """A body as JSON; None when it isn't."""
    try:
        return json.loads(body)
    except ValueError:
        return None


@dataclass
class Request:
    """What was asked of the double."""

    operation: str
    method: str
    path: str
    parameters: Mapping[str, str]
    """What the route's path names, decoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Looked up whatever their case."""
    body: bytes
    planned: Action | None = None
    """What a fault of the double's own kind asks for; taken by ``act``."""
    acted: bool = False

    def json(self) -> Json:
        """The body; None when it isn't JSON."""
        return parsed(self.body)

    def act(self, do: str) -> Action | None:
        """The planned action if it is this one; the fault has fired then, so do it."""
        if self.planned is None or self.planned.do != do:
            return None
        self.acted = True
        return self.planned


@dataclass(frozen=True)
class Reply:
    """What the double answers. ``body`` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Json | bytes = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    """The entity it was about, when only the answer tells."""
    value: Mapping[str, Json] = field(default_factory=dict)
    """What the history should know of it."""

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Handler: TypeAlias = Callable[[Request], Reply | Awaitable[Reply]]
"""Runs on the loop, so handlers that don't await are atomic to each other."""


@dataclass(frozen=True)
class Route:
    """One operation of the provider. ``path`` names its parameters: ``/verify/{reference}``."""

    method: str
    path: str
    operation: str
    handler: Handler
