"""AppSync for one stage on a target that has none."""

import socket
import time
from collections.abc import Callable, Mapping

from harness.model import Stage
from harness.targets.appsync.addresses import graphql_url, realtime_url
from harness.targets.appsync.app import application
from harness.targets.appsync.auth import Door, KeySets
from harness.targets.appsync.execution import Executor
from harness.targets.appsync.http import GraphQLDoor
from harness.targets.appsync.intrinsics import account_of
from harness.targets.appsync.invoke import Invoke, LambdaInvoke
from harness.targets.appsync.meddling import Meddler, Meddling
from harness.targets.appsync.realtime import Hub, RealtimeDoor
from harness.targets.appsync.realtime.connection import Services
from harness.targets.appsync.recording import Log
from harness.targets.appsync.server import Server
from harness.targets.appsync.template import outputs_of, read_api
from harness.targets.aws import Aws


class AppSyncFront:
    """Serves the GraphQL API that a deployed stage's template describes, as AppSync would.

    Args:
        stage: a deployed stage; its functions are invoked at its own endpoint.
        port: of loopback; any free one by default.
        reserved: a socket that is bound already, instead of a port.
        record: told of each operation (see ``Record``), on the front's own thread.
        meddler: plans faults on the operations that are recorded here.
        told: whether a request with these headers is told of by whoever made it; ``record`` isn't.
        api: the API's logical id, where the template has several.
        discovery: issuer → where its OpenID discovery is served, for one whose name isn't its
            address.
        secrets: further access keys that may sign, besides the stage's own.
        invoke: how functions are called.
        clock: seconds since the epoch.
        keep_alive: seconds between two signs of life on a realtime connection.

    Raises:
        AppSyncError: the template asks for what a local target doesn't have.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        port: int = 0,
        reserved: socket.socket | None = None,
        record: Callable[..., None] | None = None,
        meddler: Meddler | None = None,
        told: Callable[[Mapping[str, str]], bool] = lambda _: False,
        api: str | None = None,
        discovery: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        invoke: Invoke | None = None,
        clock: Callable[[], float] = time.time,
        keep_alive: float = 60.0,
    ) -> None:
        self._stage = stage
        self._own = LambdaInvoke(stage)
        call: Invoke = invoke or self._own
        self.errors: list[Exception] = []
        """What went wrong in the front itself: never the application's failure."""
        self.api = read_api(stage, load=_loader(stage), now=clock(), logical=api)
        self._key_sets = KeySets(discovery)
        executor = Executor(self.api, call)
        door = Door(
            self.api, call, self._key_sets, secrets={**_keys(stage), **(secrets or {})}, clock=clock
        )
        self._hub = hub = Hub(executor)
        log = Log(record, told=told)
        self._server = Server(
            application(
                GraphQLDoor(self.api, door, executor, hub, log, self.errors, Meddling(meddler)),
                RealtimeDoor(Services(door, executor, call, hub, log, self.errors), keep_alive),
            ),
            port=port,
            reserved=reserved,
            close=self._close,
        )

    @property
    def graphql_url(self) -> str:
        """Where queries and mutations are posted."""
        return graphql_url(self._server.port)

    @property
    def realtime_url(self) -> str:
        """Where subscriptions connect."""
        return realtime_url(self._server.port)

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs that name the API's addresses, with the front's in their place."""
        addresses = {"GraphQLUrl": self.graphql_url, "RealtimeUrl": self.realtime_url}
        return {
            name: address
            for attribute, address in addresses.items()
            for name in outputs_of(self._stage, self.api.logical, attribute)
        }

    @property
    def api_keys(self) -> dict[str, str]:
        """Logical id of each API key → the key."""
        return {key.name: key.value for key in self.api.keys}

    @property
    def subscriptions(self) -> int:
        """How many stand now."""
        return len(self._hub)

    def start(self) -> None:
        """Listen; answers when this returns.

        Raises:
            TargetError: the port is taken.
        """
        self._server.start()

    def stop(self) -> None:
        """End every connection. Harmless when it isn't running."""
        self._server.stop()

    async def _close(self) -> None:
        await self._key_sets.close()
        await self._own.close()


def _loader(stage: Stage) -> Callable[[str], str]:
    def load(address: str) -> str:
        bucket, _, key = address.removeprefix("s3://").partition("/")
        found = Aws.of(stage).client("s3").get_object(Bucket=bucket, Key=key)
        return str(found["Body"].read().decode())

    return load


def _keys(stage: Stage) -> dict[str, str]:
    """Who may sign: the stage's own key, which emulated functions hold under their account's id."""
    given = stage.credentials
    if "aws_access_key_id" not in given:
        return {}
    secret = given.get("aws_secret_access_key", "")
    return {given["aws_access_key_id"]: secret, account_of(given): secret}
