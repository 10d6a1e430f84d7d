"""A wire for one test, in front of a tiny AWS or of a real emulator."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Header
from harness.recorder import Recorder, Redaction
from harness.targets import Endpoint
from harness.targets.endpoint import Python
from harness.wire import Wire
from harness.wire.models import Models
from tests.harness.wire.aws import Aws

Client = Callable[..., Any]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return Models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "history.jsonl", Header(), redact=Redaction.allowing(["orderId"]))
    yield made
    made.close()


@pytest.fixture
def box(recorder: Recorder) -> FaultBox:
    return FaultBox(recorder)


@pytest.fixture
def aws(loop: Loop) -> Iterator[Aws]:
    made = Aws()
    loop.run(made.listen())
    yield made
    loop.run(made.close())


@pytest.fixture
def open_to(
    recorder: Recorder, box: FaultBox, loop: Loop, models: Models
) -> Iterator[Callable[[str], Wire]]:
    """Opens a wire to an address."""
    opened: list[Wire] = []

    def make(url: str) -> Wire:
        wire = Wire(recorder, box, loop.asyncio, keys=["orderId"], models=models)
        opened.append(wire)
        wire.open(_endpoint(url))
        return wire

    yield make
    for wire in opened:
        wire.stop()


@pytest.fixture
def wire(open_to: Callable[[str], Wire], aws: Aws) -> Wire:
    """In front of the tiny AWS."""
    return open_to(aws.url)


@pytest.fixture
def real(open_to: Callable[[str], Wire], embedded: Endpoint) -> Wire:
    """In front of an emulator."""
    return open_to(embedded.url)


@pytest.fixture
def client() -> Client:
    """Makes boto3 clients: ``client(wire, "dynamodb", attempts=3)``."""

    def make(wire: Wire, service: str, *, attempts: int = 1, timeout: float = 5) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            read_timeout=timeout, connect_timeout=timeout, proxies={},
        )  # fmt: skip
        made: Any = boto3.client  # typed for literal names alone
        return made(
            service, endpoint_url=wire.url, region_name="us-east-1", config=config,
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip

    return make


@pytest.fixture
def talk(wire: Wire) -> Iterator[Callable[[bytes], "Talk"]]:
    """Raw connections to the wire."""
    opened: list[Talk] = []

    def make(data: bytes) -> Talk:
        talk = Talk(wire.port)
        opened.append(talk)
        talk.say(data)
        return talk

    yield make
    for talk in opened:
        talk.close()


class Talk:
    """A connection that says bytes and hears bytes."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)

    def say(self, data: bytes) -> None:
        self._socket.sendall(data)

    def hear(self, until: bytes) -> bytes:
        """All that comes up to this."""
        heard = b""
        while until not in heard:
            more = self._socket.recv(65_536)
            if not more:
                raise AssertionError(f"it ended after {heard!r}")
            heard += more
        return heard

    def hear_out(self) -> bytes:
        """All that comes until the end."""
        heard = b""
        while more := self._socket.recv(65_536):
            heard += more
        return heard

    def close(self) -> None:
        self._socket.close()


def _endpoint(url: str) -> Endpoint:
    return Endpoint("test", url, "us-east-1", {}, Python("3.11", ""), {}, Path())
