"""Larder's two doors, REST and GraphQL, behind the same verbs: whatever a customer asks by, what
Larder says means the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from harness import Stage
from harness.clients import Answer, GraphQLAnswer
from harness.model import Identity, Json


class By(StrEnum):
    """Which door."""

    REST = "REST"
    GRAPHQL = "GraphQL"


UNAVAILABLE = frozenset({"PROVIDER_UNAVAILABLE", "DEPENDENCY_UNAVAILABLE"})
_FAILURES = UNAVAILABLE | {"INTERNAL_ERROR", "Lambda:Unhandled"}


@dataclass(frozen=True)
class Said:
    """What Larder said, by either door."""

    body: Json
    """The order, the page and so on; for a refusal what is said of it."""
    refusal: str = ""
    """The kind of problem, in the words of GraphQL's ErrorType; empty when it was done."""
    replayed: bool = False
    """Whether it repeats an earlier answer."""
    reset: int | None = None
    """When the window of its limit ends, in Unix seconds, where that was said."""
    failed: bool = False
    """Whether Larder, or the way to it, failed: who asked may well ask again."""
    how: Mapping[str, Json] = field(default_factory=dict)
    """More about a refusal: ``retryAfter``, ``remaining`` and so on."""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return not self.refusal


class Door(Protocol):
    """What a customer can ask for."""

    async def submit(self, who: Identity, key: str, text: str) -> Said:
        """A grocery list."""
        return await self.sends(who, list_of(who, key, text))

    async def sends(self, who: Identity, given: Mapping[str, Json]) -> Said:
        """A grocery list, in the contract's words: ``customerEmail``, ``groceryList`` and
        ``idempotencyKey``, whatever they hold; what is None isn't sent."""
        ...

    async def read(self, who: Identity, order: str) -> Said:
        """One's own order."""
        ...

    async def ask_for_link(self, who: Identity, key: str, order: str) -> Said:
        """A new payment link."""
        ...

    async def browse(self, who: Identity) -> Said:
        """A look at the shelves."""
        ...


def door(stage: Stage, by: By) -> Door:
    """The stage's door of that kind."""
    return _Rest(stage) if by is By.REST else _GraphQL(stage)


def list_of(who: Identity, key: str, text: str) -> Mapping[str, Json]:
    """A list's request, in the contract's words."""
    return {"customerEmail": who.email, "groceryList": text, "idempotencyKey": key}


class _Rest(Door):
    def __init__(self, stage: Stage) -> None:
        self._rest = stage.rest

    async def sends(self, who: Identity, given: Mapping[str, Json]) -> Said:
        body = {k: v for k, v in given.items() if k != "idempotencyKey" and v is not None}
        key = given.get("idempotencyKey")
        headers = {} if key is None else {"Idempotency-Key": str(key)}
        return _said(await self._rest.call("submitGroceryList", who, headers=headers, body=body))

    async def read(self, who: Identity, order: str) -> Said:
        return _said(await self._rest.call("getOrder", who, path={"orderId": order}))

    async def ask_for_link(self, who: Identity, key: str, order: str) -> Said:
        path, headers = {"orderId": order}, {"Idempotency-Key": key}
        return _said(await self._rest.call("requestPaymentLink", who, path=path, headers=headers))

    async def browse(self, who: Identity) -> Said:
        return _said(await self._rest.call("listProducts", who, query={"limit": 1}))


class _GraphQL(Door):
    def __init__(self, stage: Stage) -> None:
        self._graphql = stage.graphql

    async def sends(self, who: Identity, given: Mapping[str, Json]) -> Said:
        there = {k: v for k, v in given.items() if v is not None}
        return await self._ask("submitGroceryList", who, there)

    async def read(self, who: Identity, order: str) -> Said:
        return await self._ask("order", who, {"orderId": order})

    async def ask_for_link(self, who: Identity, key: str, order: str) -> Said:
        return await self._ask("requestPaymentLink", who, {"orderId": order, "idempotencyKey": key})

    async def browse(self, who: Identity) -> Said:
        return await self._ask("products", who, {"first": 1})

    async def _ask(self, name: str, who: Identity, given: Mapping[str, Any]) -> Said:
        return _told(await self._graphql.call(name, who, given), name)


def _said(answer: Answer) -> Said:
    """Of REST."""
    reset = answer.headers.get("X-RateLimit-Reset")
    window = int(reset) if reset is not None else None
    if answer.ok:
        replayed = answer.headers.get("Idempotent-Replayed") == "true"
        return Said(answer.body, replayed=replayed, reset=window)
    kind = answer.body.get("type") if isinstance(answer.body, Mapping) else None
    slug = str(kind or f"status {answer.status}").rsplit("/", 1)[-1]
    how = {"retryAfter": int(answer.headers.get("Retry-After", 0))}
    failed = answer.status is None or answer.status >= 500
    return Said(answer.body, slug.replace("-", "_").upper(), reset=window, failed=failed, how=how)


def _told(answer: GraphQLAnswer, name: str) -> Said:
    """Of GraphQL."""
    if answer.ok:
        body = answer[name]
        return Said(body, replayed=body.get("replayed") is True)
    error = answer.errors[0] if answer.errors else {}
    how = error.get("errorInfo") or {}
    unlike_schema = "INVALID_DOCUMENT" if answer.errors else None  # AppSync names no type then
    kind = str(error.get("errorType") or unlike_schema or answer.error or f"status {answer.status}")
    return Said(error, kind, reset=how.get("reset"), failed=kind in _FAILURES, how=how)
