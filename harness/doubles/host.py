"""Serves one double on loopback, and is what the double knows of the run and the stage."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from multidict import CIMultiDict

from harness.doubles.answering import Answering, kind_of
from harness.doubles.double import Double
from harness.doubles.errors import DoubleError
from harness.doubles.exchange import Reply, Request, Route, parsed
from harness.faults import FaultBox, Peers
from harness.model import Fault, Json
from harness.recorder import Recorder

Posted = Callable[[str, Mapping[str, str], bytes], None]
"""Gets a request's URL, headers and body."""
_Door = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LARGEST = 16 * 1024 * 1024
_SEND_SECONDS = 30


class Host:
    """One double's server and its door to everything else. All coroutines run on ``loop``."""

    def __init__(
        self,
        recorder: Recorder,
        faults: FaultBox,
        loop: asyncio.AbstractEventLoop,
        *,
        port: int = 0,
    ) -> None:
        self.recorder = recorder
        self.faults = faults
        self.loop = loop
        self.posted: list[Posted] = []
        """Told of each request that the double makes by itself."""
        self.errors: list[Exception] = []
        """What went wrong inside the double: mistakes of the harness, not of the application."""
        self._port = port
        self._endpoints: Mapping[str, str] = {}
        self._secrets: Mapping[str, str] = {}
        self._peers = Peers()
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None
        self._name = ""

    @property
    def url(self) -> str:
        """Where the double answers, without a trailing slash."""
        return f"http://127.0.0.1:{self._port}"

    def endpoint(self, name: str) -> str:
        """The absolute URL of one of the stage's endpoints; known once the stage is deployed."""
        if name not in self._endpoints:
            raise DoubleError(
                f"double {self._name} asks for the endpoint {name!r}, which it wasn't given",
                f"Declare it under [doubles.{self._name}] endpoints, and deploy first.",
            )
        return self._endpoints[name]

    def secret(self, name: str) -> str:
        """A secret that the double shares with the application; known after the deploy."""
        if name not in self._secrets:
            raise DoubleError(
                f"double {self._name} asks for the secret {name!r}, which it wasn't given",
                f"Declare it under [doubles.{self._name}] secrets, and deploy first.",
            )
        return self._secrets[name]

    def bind(self, endpoints: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """What is known once the stage is deployed."""
        self._endpoints, self._secrets = dict(endpoints), dict(secrets)

    async def serve(self, double: Double) -> None:
        """Open the port. Raises DoubleError when it is taken."""
        self._name = double.name
        app = web.Application(client_max_size=_LARGEST)
        for route in double.routes():
            app.router.add_route(route.method, route.path, self._door(double, route))
        unknown = Route("*", "/{path:.*}", "unknown", lambda _: double.error(404))
        app.router.add_route("*", unknown.path, self._door(double, unknown))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise DoubleError(
                f"double {double.name} can't listen on 127.0.0.1:{self._port}: {error.strerror}",
                "Give it another port, or none to take a free one.",
            ) from None
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def take(self, operation: str, *, key: str | None, **request: Json) -> Fault | None:
        """The fault planned for something the double does by itself (a webhook, a payment)."""
        return self.faults.take(self._name, operation, key=key, request=request)

    async def send(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        operation: str = "webhook",
        key: str | None = None,
        value: Mapping[str, Json] | None = None,
        fault: Fault | None = None,
        genuine: bool = True,
    ) -> int | None:
        """Post to the application, as the provider would; gives the status, None without an answer.

        ``fault`` is the one that made the double send this; it is marked as fired. What isn't
        ``genuine`` is somebody else's: whoever is told of the provider's messages isn't told of it.
        """
        call = self.recorder.invoke(
            "double", f"{self._name}.{operation}", key=key, value=dict(value or {}),
            fault=fault.id if fault else None,
        )  # fmt: skip
        if fault is not None:
            self.faults.fired(call, fault)
        start = monotonic()
        for told in self.posted if genuine else ():
            told(url, headers, body)
        status, said, reason = await self._post(url, headers, body)
        seconds = round(monotonic() - start, 4)
        self.recorder.complete(
            call, kind_of(status),
            value={"status": status, "reason": reason, "seconds": seconds, "body": said},
        )  # fmt: skip
        return status

    async def _post(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, Json, str | None]:
        """The status, the answer where it is JSON, and why there is none."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=_SEND_SECONDS))
        try:
            async with self._session.post(url, data=body, headers=headers) as answer:
                return answer.status, parsed(await answer.read()), None
        except (ClientError, TimeoutError, OSError) as error:
            return None, None, type(error).__name__

    def _door(self, double: Double, route: Route) -> _Door:
        async def answer(request: web.Request) -> web.StreamResponse:
            asked = Request(
                operation=route.operation,
                method=request.method,
                path=request.path,
                parameters=dict(request.match_info),
                query=dict(request.query),
                headers=CIMultiDict(request.headers),
                body=await request.read(),
            )
            pid = await self._peers.pid(request.transport)
            return await Answering(self, double, route, request, asked, pid).answer()

        return answer

    def function(self, pid: int | None) -> str | None:
        """The Lambda function that a process runs, where that can be told."""
        return self._peers.function(pid)

    async def effect(self, double: Double, route: Route, asked: Request) -> Reply:
        """Let the double do what was asked of it."""
        try:
            reply = route.handler(asked)
            return await reply if inspect.isawaitable(reply) else reply
        except Exception as error:
            self.errors.append(error)
            return double.error(500)
