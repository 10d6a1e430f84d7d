"""One client's connection: its subscriptions, and the conversation about them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from harness.model import Json
from harness.targets.appsync.auth import Door
from harness.targets.appsync.caller import Credentials
from harness.targets.appsync.document import Invalid
from harness.targets.appsync.errors import Refused
from harness.targets.appsync.execution import Asked, Executor
from harness.targets.appsync.invoke import Invoke
from harness.targets.appsync.realtime import messages
from harness.targets.appsync.realtime.hub import Hub
from harness.targets.appsync.realtime.messages import Message, Said
from harness.targets.appsync.realtime.subscription import Subscribing, Subscription
from harness.targets.appsync.recording import Log

TIMEOUT = 300.0
"""Seconds that a client waits for a sign of life before it leaves."""


@dataclass
class Services:
    """What every connection of an API shares."""

    door: Door
    executor: Executor
    invoke: Invoke
    hub: Hub
    log: Log
    errors: list[Exception]
    """What went wrong in the front itself: never the application's failure."""


@dataclass
class Connection:
    """Answers a client's messages by ``send``, which never waits."""

    services: Services
    send: Callable[[Message], None]
    source_ip: str
    _open: dict[str, Subscription] = field(default_factory=dict)
    _starting: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def hear(self, text: str) -> None:
        """One message of the client's."""
        try:
            said = messages.read(text)
        except Refused as refusal:
            self.send(messages.failed(refusal, None))
            return
        handlers = {"connection_init": self._init, "start": self._start, "stop": self._stop}
        handler = handlers.get(said.type, self._unknown)
        handler(said)

    async def close(self) -> None:
        """Everything that was subscribed to ends."""
        for subscription in self._open.values():
            self.services.hub.remove(subscription)
        self._open.clear()
        tasks: list[Awaitable[None]] = []
        for task in self._starting.values():
            task.cancel()
            tasks.append(task)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _init(self, _: Said) -> None:
        self.send(messages.acknowledged(TIMEOUT))
        self.send(messages.KEEP_ALIVE)

    def _start(self, said: Said) -> None:
        refusal = self._refusal(said)
        if said.id is None or refusal is not None:
            self.send(messages.failed(refusal or _no_id(), said.id))
            return
        name = said.id
        task = asyncio.ensure_future(self._subscribe(said, name))
        self._starting[name] = task
        task.add_done_callback(lambda _: self._starting.pop(name, None))

    def _refusal(self, said: Said) -> Refused | None:
        if said.id in self._open or said.id in self._starting:
            return Refused(400, "DuplicatedOperationError", f"Operation {said.id} already exists.")
        most = self.services.executor.api.limits.subscriptions
        if len(self._open) + len(self._starting) >= most:
            message = f"Max number of {most} subscriptions reached"
            return Refused(400, "MaxSubscriptionsReachedError", message)
        return None

    def _stop(self, said: Said) -> None:
        subscription = self._open.pop(said.id or "", None)
        task = self._starting.get(said.id or "")
        if subscription is not None:
            self.services.hub.remove(subscription)
        elif task is not None:
            task.cancel()
        else:
            message = f"Unknown operation id {said.id}"
            refusal = Refused(400, "UnknownOperationError", message)
            self.send(messages.failed(refusal, said.id))
            return
        self.send({"id": said.id, "type": "complete"})

    def _unknown(self, said: Said) -> None:
        message = f"{said.type} not supported through the realtime channel"
        self.send(messages.failed(Refused(400, "UnsupportedOperation", message), said.id))

    async def _subscribe(self, said: Said, name: str) -> None:
        try:
            errors = await self._try(said, name)
        except Refused as refusal:
            self.send(messages.failed(refusal, name))
        except Invalid as invalid:
            self.send(messages.failed_with(list(invalid.errors), name))
        except Exception as error:
            self.services.errors.append(error)
            failure = Refused(500, "InternalFailure", "The local AppSync failed.")
            self.send(messages.failed(failure, name))
        else:
            if errors:
                self.send(messages.failed_with(errors, name))

    async def _try(self, said: Said, name: str) -> list[Json]:
        """Subscribe; gives the errors for which it is refused."""
        request, text, headers = messages.asked_for(said)
        variables = request.get("variables") or {}
        operation = request.get("operationName") or None
        if not isinstance(variables, dict) or not isinstance(operation, str | None):
            raise Refused(400, "BadRequestException", "payload.data is not a GraphQL request.")
        services = self.services
        caller = await services.door.admit(
            Credentials(
                headers, "/graphql", text.encode(), self.source_ip,
                str(request.get("query") or ""), operation, variables,
            )
        )  # fmt: skip
        prepared = services.executor.documents.prepare(request.get("query"), operation)
        if prepared.kind != "subscription":
            message = f"{prepared.kind} not supported through the realtime channel"
            raise Refused(400, "UnsupportedOperation", message)
        asked = Asked(prepared, caller, headers, variables)
        told = services.log.begin(prepared, caller, variables, headers)
        subscribing = Subscribing(asked, services.invoke)
        errors = await subscribing.errors(services.executor)
        if told is not None:
            told.end({"errors": errors} if errors else {"data": None})
        if not errors:
            self._stand(Subscription(
                subscribing.field_name, subscribing.arguments, asked, self.send, name
            ))  # fmt: skip
        return errors

    def _stand(self, subscription: Subscription) -> None:
        # In one turn of the loop: no message can come before its acknowledgement.
        self._open[subscription.id] = subscription
        self.services.hub.add(subscription)
        self.send({"id": subscription.id, "type": "start_ack"})


def _no_id() -> Refused:
    return Refused(400, "BadRequestException", "The message has no id.")
