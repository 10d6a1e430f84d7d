"""One subscription: how it is allowed, and what each message looks like to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLResolveInfo

from harness.model import Json
from harness.targets.appsync.api import Resolver
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.execution import Asked, Executor, property_of, resolve_field
from harness.targets.appsync.invoke import Invoke
from harness.targets.appsync.realtime.messages import Message
from harness.targets.appsync.resolving import Resolving

_NULL = "Cannot return null for non-nullable"


@dataclass(eq=False)
class Subscription:
    """Somebody waiting for a subscription field's messages."""

    field_name: str
    arguments: Mapping[str, Json]
    asked: Asked
    send: Callable[[Message], None]
    id: str

    def data(self, executor: Executor, message: Json) -> Message:
        """The message as this subscriber selected it."""
        body = executor.run_at_once(
            self.asked, _Delivery(self.asked.caller), {self.field_name: message}
        )
        return {"id": self.id, "type": "data", "payload": body}


@dataclass
class Subscribing:
    """Runs a subscription's document once, as it is subscribed to: its field's resolver decides."""

    asked: Asked
    invoke: Invoke
    field_name: str = ""
    arguments: Mapping[str, Json] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """Who subscribes."""
        return self.asked.caller

    async def errors(self, executor: Executor) -> list[Json]:
        """Why it is refused; nothing when it isn't."""
        body = await executor.run(self.asked, self)
        # There is no message yet, so a field that can't be null has nothing to be.
        return [e for e in body.get("errors", ()) if not str(e["message"]).startswith(_NULL)]

    def value(
        self, resolver: Resolver | None, source: Any, info: GraphQLResolveInfo[Any], given: Json
    ) -> Any:
        """Null, once the resolver agreed; what it answers is not a message."""
        self.field_name, self.arguments = info.field_name, dict(given)
        if resolver is None:
            return None
        return self._allowed(resolver, source, info, given)

    async def _allowed(
        self, resolver: Resolver, source: Any, info: GraphQLResolveInfo[Any], given: Json
    ) -> None:
        await resolve_field(Resolving(self.invoke), self.asked, resolver, source, info, given)


@dataclass(frozen=True)
class _Delivery:
    """Everything is in the message; no resolver runs for a subscriber."""

    caller: Caller

    def value(
        self, resolver: Resolver | None, source: Any, info: GraphQLResolveInfo[Any], given: Json
    ) -> Any:
        """What the mutation selected; null where it didn't."""
        return property_of(source, info.field_name)
