"""One stage's wire: opened before the deploy, bound to the stage after it."""

import asyncio
import errno
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from typing import TypeVar

from harness.faults import FaultBox
from harness.model import Capability, Stage
from harness.recorder import Recorder
from harness.targets import Endpoint, default_home
from harness.wire.checking import Checks, Other
from harness.wire.control import PREFIX, Control
from harness.wire.decoding import Decoder, services_of
from harness.wire.downstream import Downstream
from harness.wire.errors import WireError
from harness.wire.exchange import Controlling, Exchange
from harness.wire.messages import Request
from harness.wire.models import Models
from harness.wire.refusals import Refusals
from harness.wire.settings import WireSettings
from harness.wire.tap import Crossed, Tap
from harness.wire.upstream import Upstream

T = TypeVar("T")

TIE = Path(__file__).parent / "tie"
"""The folder that ties a Python function's calls to its invocations, when it is on PYTHONPATH."""
_BACKLOG = 512


@dataclass
class Wire:
    """A proxy on loopback between the functions of one stage and AWS.

    Args:
        recorder: gets each attempt of each call.
        faults: asked for each attempt.
        loop: a running loop (of another thread), on which everything happens.
        keys: the names of the fields that hold an entity's key.
        port: to listen on; 0 takes a free one.
        cache: where what is known of AWS's services is kept.
    """

    recorder: Recorder
    faults: FaultBox
    loop: asyncio.AbstractEventLoop
    keys: Sequence[str] = ()
    port: int = 0
    cache: Path | None = None

    models: Models | None = None
    """What is known of AWS's services; read from botocore by default."""
    others: Mapping[str, Other] = field(default_factory=dict)
    """What isn't AWS's and has faults, too: doubles."""

    def __post_init__(self) -> None:
        self.known = self.models or Models(self.cache)
        self.tap = Tap(
            self.recorder, self.faults, Decoder(self.known), Refusals(self.known), self.keys
        )
        self.control = Control(self.faults)
        self._checks = self.control.checks = Checks(self.known, others=self.others)
        self._upstream: Upstream | None = None
        self._server: asyncio.Server | None = None
        self._clients: set[Downstream] = set()
        self._tied = False

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every function must be told."""
        told = {"AWS_ENDPOINT_URL": self.url}
        if self._tied:
            told |= {"PYTHONPATH": str(TIE), "STAGEPROOF_TIE_KEYS": ",".join(self.keys)}
        return told

    @property
    def checks(self) -> Checks:
        """What tells that a fault can never fire here."""
        return self._checks

    @property
    def errors(self) -> Sequence[Exception]:
        """The wire's own mistakes: the harness's, never the application's."""
        return tuple(self.tap.errors)

    def open(self, endpoint: Endpoint) -> None:
        """Listen, and pass on to this endpoint from now on.

        Raises:
            WireError: the port is taken, or the endpoint can't be passed on to.
        """
        self._upstream = Upstream(endpoint.url)
        self._tied = endpoint.python.reads_our_files
        self._run(self._listen())

    def bind(self, stage: Stage) -> None:
        """Call functions and resources by their logical ids, and read up on their services."""
        self.tap.bind(stage)
        self._checks = self.control.checks = Checks(
            self.known, tuple(stage.functions), tuple(stage.resources), self.others
        )
        resources = stage.template.get("Resources")
        types = [str(r.get("Type")) for r in resources.values()] if isinstance(
            resources, Mapping
        ) else []  # fmt: skip
        for service in services_of(types):
            self.known.model(service)

    def hear(self, crossed: Crossed) -> None:
        """Be told of each answered call, on the loop's thread."""
        self.tap.crossed.append(crossed)

    def stop(self) -> None:
        """Close the port and every connection."""
        self._run(self._close())

    async def _listen(self) -> None:
        try:
            self._server = await self.loop.create_server(
                lambda: Downstream(self._exchange, self._clients.add, self._clients.discard),
                "127.0.0.1", self.port, backlog=_BACKLOG,
            )  # fmt: skip
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise WireError(
                f"the wire can't listen on 127.0.0.1:{self.port}: it is taken",
                "Give it another port, or none to take a free one: [wire] port in harness.toml.",
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for client in tuple(self._clients):
            client.close()
        if self._upstream is not None:
            self._upstream.close()

    def _exchange(self, client: Downstream, request: Request) -> Exchange | Controlling:
        assert self._upstream is not None  # noqa: S101  # it listens only once there is one
        if request.target.startswith(PREFIX):
            return Controlling(self.control, client, request)
        return Exchange(self.tap, self._upstream, client, request)

    def _run(self, work: Awaitable[T]) -> T:
        return asyncio.run_coroutine_threadsafe(_awaited(work), self.loop).result()


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def open_wire(
    endpoint: Endpoint,
    recorder: Recorder,
    faults: FaultBox,
    loop: asyncio.AbstractEventLoop,
    *,
    settings: WireSettings | None = None,
    keys: Sequence[str] = (),
    others: Mapping[str, Other] | None = None,
) -> Wire | None:
    """The wire of a stage on this endpoint; None where the target or the settings have none.

    Raises:
        WireError: it can't be opened.
    """
    settings = settings or WireSettings()
    if not (settings.enabled and endpoint.can(Capability.WIRE)):
        return None
    home = default_home(environ)
    wire = Wire(
        recorder,
        faults,
        loop,
        keys=keys,
        port=settings.port,
        cache=home / "wire",
        others=others or {},
    )
    wire.open(endpoint)
    return wire
