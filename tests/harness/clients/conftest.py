"""A contract of two operations, and a server that answers what a test tells it to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from harness.clients import Rest
from harness.engine.loop import Loop
from harness.model import Header
from harness.recorder import Recorder, Redaction
from harness.specs import OpenApi
from harness.specs.document import load_document
from tests.harness.clients.server import Server

CONTRACT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /v1/orders:
    post: {operationId: placeOrder, responses: {"201": {description: done}}}
    get: {operationId: listOrders, responses: {"200": {description: done}}}
  /v1/orders/{orderId}:
    get: {operationId: getOrder, responses: {"200": {description: done}}}
"""


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(
        tmp_path / "h.jsonl", Header(run="run 1"), redact=Redaction.allowing(["orderId"])
    )
    yield made
    made.close()


@pytest.fixture
def server(loop: Loop) -> Iterator[Server]:
    made = Server()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", made.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    runner = loop.run(start())
    yield made
    loop.run(runner.cleanup())


@pytest.fixture
def contract(tmp_path: Path) -> OpenApi:
    path = tmp_path / "openapi.yaml"
    path.write_text(CONTRACT)
    return OpenApi(load_document(tmp_path, path.name))


@pytest.fixture
def rest(contract: OpenApi, server: Server, recorder: Recorder, loop: Loop) -> Iterator[Rest]:
    made = Rest(contract, server.url, recorder, loop.asyncio, keys=("orderId",), seconds=0.5)
    yield made
    made.close()
