"""All doubles of a run, from harness.toml's settings."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.doubles import DoubleError, Doubles, DoubleSettings, start_doubles
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Stage
from harness.recorder import Recorder

ISSUER = "scenarios.doubles.issuer:Issuer"


@dataclass(frozen=True)
class Document:
    double: str
    path: str


def stage(**outputs: str) -> Stage:
    return Stage(
        name="s", target="embedded", endpoint=None, region="eu-west-1", credentials={},
        base_url="http://127.0.0.1:1/v", outputs=outputs, parameters={}, capabilities={},
    )  # fmt: skip


@pytest.fixture
def doubles(recorder: Recorder, box: FaultBox, loop: Loop) -> Iterator[Doubles]:
    settings = {
        "issuer": DoubleSettings(
            factory=ISSUER,
            environment={"ISSUER_URL": "{url}/"},
            endpoints={"hook": "/v1/hook"},
            options={"audience": "mine"},
        )
    }
    started = start_doubles(settings, recorder, box, loop.asyncio)
    yield started
    started.stop()


def test_functions_are_told_the_doubles_address(doubles: Doubles) -> None:
    assert doubles.environment == {"ISSUER_URL": doubles.urls["issuer"] + "/"}


def test_a_document_of_a_double_can_become_a_parameter(doubles: Doubles) -> None:
    keys = json.loads(doubles.document(Document("issuer", "/.well-known/jwks.json")))
    assert keys["keys"][0]["alg"] == "RS256"


@pytest.mark.parametrize(
    ("document", "says"),
    [(Document("nobody", "/"), "isn't declared"), (Document("issuer", "/no"), "does not serve")],
)
def test_a_document_that_cannot_be_had_is_told(
    doubles: Doubles, document: Document, says: str
) -> None:
    with pytest.raises(DoubleError, match=says):
        doubles.document(document)


def test_after_the_deploy_a_double_knows_the_stages_endpoints(doubles: Doubles) -> None:
    doubles.bind(stage())
    assert doubles["issuer"].host.endpoint("hook") == "http://127.0.0.1:1/v/v1/hook"


@pytest.mark.parametrize(
    ("factory", "says"),
    [
        ("scenarios.doubles.nowhere:Issuer", "can't be had"),
        ("scenarios.doubles.issuer:Nobody", "can't be had"),
        ("pathlib:Path", "Double"),
    ],
)
def test_a_factory_that_makes_no_double_is_told(
    recorder: Recorder, box: FaultBox, loop: Loop, factory: str, says: str
) -> None:
    with pytest.raises(DoubleError, match=says):
        start_doubles({"x": DoubleSettings(factory=factory)}, recorder, box, loop.asyncio)


def test_a_secret_of_an_output_that_is_not_there_is_told(
    recorder: Recorder, box: FaultBox, loop: Loop
) -> None:
    settings = {"issuer": DoubleSettings(factory=ISSUER, secrets={"key": "NoArn"})}
    doubles = start_doubles(settings, recorder, box, loop.asyncio)
    with pytest.raises(DoubleError, match="NoArn"):
        doubles.bind(stage(OtherArn="x"))
    doubles.stop()


def test_when_one_double_cannot_start_none_is_left_open(
    recorder: Recorder, box: FaultBox, loop: Loop
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "good": DoubleSettings(factory=ISSUER, port=port),
        "bad": DoubleSettings(factory="scenarios.doubles.issuer:Nobody"),
    }
    with pytest.raises(DoubleError):
        start_doubles(settings, recorder, box, loop.asyncio)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
