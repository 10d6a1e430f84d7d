"""What the wire costs: AWS calls through it beside direct ones and beside toxiproxy's.

python tests/bench/wiring.py

One process asks, in turns, by every way there is; another answers. Percentiles are of one run, so
that whatever else the machine does falls on all ways alike. toxiproxy, a proxy that sees bytes and
no calls, is built from the Go module proxy where there is `go`, else it is left out.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from rich.console import Console
from rich.table import Table

from harness.engine import Project
from harness.engine.events import Hearing
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Header, Stage
from harness.recorder import Recorder, Redaction
from harness.specs import MessageContract
from harness.targets import EmbeddedTarget, Endpoint, TargetSettings, default_home
from harness.wire import Wire
from harness.wire.causes import HEADER

ROOT = Path(__file__).parents[2]
ROUNDS = 400
QUEUE = "bench-work"
MESSAGE = json.dumps({
    "schemaVersion": "1.0", "kind": "pay", "orderId": "5f0c7c0e-6f0e-5b83-9a52-0d1c4a4a9f11",
    "version": 3, "correlationId": "4b1f0c5e9d7a4f2c",
})  # fmt: skip
TOXIPROXY = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
CONNECTIONS, CALLS = 50, 12_000
BODY = b'{"Attributes":{}}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n"
    % len(BODY)
) + BODY
ITEM = json.dumps({
    "TableName": "bench-orders",
    "Item": {"orderId": {"S": "o-1"}, "status": {"S": "PAID"}, "version": {"N": "3"}},
    "ConditionExpression": "attribute_not_exists(orderId)",
}).encode()  # fmt: skip


def main() -> None:
    """Measure and print."""
    Console(width=110, highlight=False).print(costs())


def costs() -> Table:
    """Every figure of the wire in one table."""
    with ExitStack() as held:
        endpoint = held.enter_context(EmbeddedTarget(TargetSettings(), default_home(os.environ)))
        answering = endpoint.start(lambda _: None)
        ways = {"direct": answering.url, "wire": held.enter_context(wire(answering)).url}
        toxic = held.enter_context(toxiproxy(answering.url))
        if toxic:
            ways["toxiproxy"] = toxic
        told = asked(ways)
        instant = held.enter_context(answerer())
        whole = held.enter_context(wire(replace(answering, url=instant)))
        rate, bare = loaded(whole.url), loaded(instant)
    return _table(told, rate, bare)


def _table(told: Mapping[str, Mapping[str, Sequence[float]]], rate: float, bare: float) -> Table:
    ways = list(next(iter(told.values())))
    table = Table("through the wire, in ms", *ways, "wire / direct")
    for call, by_way in told.items():
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            figures = {way: percentile(times, share) for way, times in by_way.items()}
            cells = [f"{1000 * figures[way]:.2f}" for way in ways]
            table.add_row(f"{call} {name}", *cells, f"{figures['wire'] / figures['direct']:.2f}")
    table.caption = (
        f"{CONNECTIONS} connections against an instant answerer, every call recorded, every "
        "message judged: "
        f"{rate:.0f} calls/s ({bare:.0f} without the wire)"
    )
    return table


def percentile(times: Sequence[float], share: float) -> float:
    """What so large a share of the times is below."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


@contextmanager
def wire(endpoint: Endpoint) -> Iterator[Wire]:
    """A wire to this endpoint, with all that it records."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        loop = Loop()
        recorder = Recorder(Path(scratch) / "h.jsonl", Header(), redact=Redaction())
        made = Wire(recorder, FaultBox(recorder), loop.asyncio, keys=("orderId",))
        made.open(endpoint)
        made.hear(hearing(recorder).crossed)
        try:
            yield made
        finally:
            made.stop()
            loop.close()
            recorder.close()


def hearing(recorder: Recorder) -> Hearing:
    """Holds what is sent to the bench's queue against Larder's contract of its pay queue."""
    api = Project.load(ROOT / "harness.toml").contracts.asyncapi
    assert api is not None
    heard = Hearing(MessageContract(api), recorder)
    output = next(o for o, channel in heard.contract.by_output.items() if channel == "payQueue")
    outputs = {output: f"http://sqs/0/{QUEUE}"}
    stage = Stage(
        name="bench", target="embedded", endpoint="", region="us-east-1", credentials={},
        base_url="", outputs=outputs, parameters={}, capabilities={},
    )  # fmt: skip
    heard.bind(stage)
    return heard


@contextmanager
def toxiproxy(url: str) -> Iterator[str | None]:
    """toxiproxy in front of an address; None where it can't be had."""
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        if go is None or not _built(go, scratch):
            yield None
            return
        control, listening = _free_port(), _free_port()
        server = subprocess.Popen(
            [str(Path(scratch) / "server"), "-host", "127.0.0.1", "-port", str(control)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _tell(control, url.removeprefix("http://"), listening)
            yield f"http://127.0.0.1:{listening}"
        finally:
            server.terminate()
            server.wait()


def _built(go: str, folder: str) -> bool:
    environ = {**os.environ, "GOBIN": folder}
    return not subprocess.run(
        [go, "install", TOXIPROXY], env=environ, check=False, capture_output=True
    ).returncode


def _tell(control: int, upstream: str, listening: int) -> None:
    """Have it listen, as soon as it takes orders."""
    proxy = {"name": "aws", "listen": f"127.0.0.1:{listening}", "upstream": upstream}
    request = urllib.request.Request(  # of this machine
        f"http://127.0.0.1:{control}/proxies", json.dumps(proxy).encode(), method="POST"
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 10
    while True:
        try:
            direct.open(request, timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(ways: Mapping[str, str]) -> dict[str, dict[str, list[float]]]:
    """Call → way → seconds of each, asked by a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--ask", json.dumps(ways)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    told: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return told


def ask(ways: Mapping[str, str]) -> None:
    """Ask by each way in turns, and print what it took."""
    first = next(iter(ways.values()))
    table, queue = _client(first, "dynamodb"), _client(first, "sqs")
    table.create_table(
        TableName="bench-orders", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "orderId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "orderId", "KeyType": "HASH"}],
    )  # fmt: skip
    url = queue.create_queue(QueueName=QUEUE)["QueueUrl"]
    item = {"orderId": {"S": "o-1"}, "status": {"S": "PAID"}}
    tables = {way: _client(where, "dynamodb") for way, where in ways.items()}
    queues = {way: _client(where, "sqs") for way, where in ways.items()}
    calls = {
        "DynamoDB put": lambda way: tables[way].put_item(TableName="bench-orders", Item=item),
        "SQS send": lambda way: queues[way].send_message(QueueUrl=url, MessageBody=MESSAGE),
    }
    told: dict[str, dict[str, list[float]]] = {}
    for name, call in calls.items():
        times: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(ROUNDS + 20):
            for way in ways:
                start = time.perf_counter()
                call(way)
                if turn >= 20:  # connections are made, caches are warm
                    times[way].append(time.perf_counter() - start)
        told[name] = times
    sys.stdout.write(json.dumps(told))


def _client(url: str, service: str) -> Any:
    make: Any = boto3.client
    made: Any = make(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(proxies={}),
    )  # fmt: skip
    made.meta.events.register("before-call", _tied)
    return made


def _tied(params: Any, **_: object) -> None:
    """As the calls of functions are."""
    params["headers"][HEADER] = json.dumps({"f": "shop-Pay", "i": "i-1", "s": "", "c": [], "k": []})


@contextmanager
def answerer() -> Iterator[str]:
    """A process that answers every request at once; where."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--answer"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


async def answer() -> None:
    """Answer every request with the same bytes."""
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._come = b""

    def data_received(self, data: bytes) -> None:
        self._come += data
        if self._come.endswith(ITEM):
            self._come = b""
            self._transport.write(ANSWER)


def loaded(url: str) -> float:
    """Calls in a second by so many connections at once, asked by a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--load", url], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


async def load(port: int) -> None:
    """Ask on every connection, each as soon as it was answered; print the rate."""
    loop, left = asyncio.get_running_loop(), iter(range(CALLS))
    start = time.perf_counter()
    connections = [_Asking(loop.create_future(), left) for _ in range(CONNECTIONS)]
    for connection in connections:
        await loop.create_connection(lambda c=connection: c, "127.0.0.1", port)
    await asyncio.gather(*(c.done for c in connections))
    sys.stdout.write(str(CALLS / (time.perf_counter() - start)))


class _Asking(asyncio.Protocol):
    def __init__(self, done: asyncio.Future[None], left: Iterator[int]) -> None:
        self.done = done
        self._left = left

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        if data.endswith(BODY):
            self._next()

    def _next(self) -> None:
        number = next(self._left, None)
        if number is None:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._transport.write(_request(number))


def _request(number: int) -> bytes:
    """A put as botocore sends it from a tied function."""
    cause = {"f": "shop-Pay", "i": f"i-{number % 100}", "s": "aws:sqs", "c": ["m"], "k": ["o-1"]}
    scope = "test/20261125/us-east-1/dynamodb/aws4_request"
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\n"
        "Content-Type: application/x-amz-json-1.0\r\nUser-Agent: Botocore/1.44 md/Botocore\r\n"
        f"x-stageproof-cause: {json.dumps(cause)}\r\nX-Amz-Date: 20261125T000000Z\r\n"
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, Signature={'0' * 64}\r\n"
        f"amz-sdk-invocation-id: {number:08d}-0000-4000-8000-000000000000\r\n"
        f"amz-sdk-request: attempt=1; max=3\r\nContent-Length: {len(ITEM)}\r\n\r\n"
    )
    return head.encode() + ITEM


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--ask", ways]:
            ask(json.loads(ways))
        case ["--answer"]:
            asyncio.run(answer())
        case ["--load", url]:
            asyncio.run(load(int(url.rpartition(":")[2])))
        case _:
            main()
