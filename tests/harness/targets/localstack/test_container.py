"""Which LocalStack an image has is asked of it, and why one doesn't come up is told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.model import Capability
from harness.targets import TargetError, TargetSettings, open_target
from harness.targets.localstack import LocalStackContainer, container
from harness.targets.localstack.container import IMAGE
from tests.harness.targets.localstack.conftest import Server

ACTIVATION = (
    "LocalStack version: 2026.3.0\nLicense activation failed!\n"
    "Reason: No credentials were found in the environment.\n"
)


@dataclass
class Container:
    """One that the engine made: it runs or it doesn't, and said something."""

    status: str = "running"
    said: bytes = b""
    stopped: bool = False

    def start(self) -> None: ...

    def stop(self) -> None:
        self.stopped = True

    def get_wrapped_container(self) -> "Container":
        return self

    def reload(self) -> None: ...

    def logs(self) -> bytes:
        return self.said


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, server: Server) -> Container:
    """What the engine makes, whatever it is asked for; it answers at the server's address."""
    engine = Container()
    port = server.server_port
    monkeypatch.setattr(container, "reserve", lambda *_: port)
    monkeypatch.setattr(LocalStackContainer, "available", lambda *_: None)
    monkeypatch.setattr(LocalStackContainer, "_made", lambda *_: engine)
    server.body = _answers(port, "4.14.0", "community")
    return engine


def _answers(port: int, version: str, edition: str) -> bytes:
    said = {"name": f"stageproof-{port}", "completed": True, "python": "3.13"}
    return json.dumps({**said, "version": version, "edition": edition}).encode()


def _target(image: str = "", *, token: str = "", unmeasured: bool = False) -> Any:
    user = {"LOCALSTACK_MODE": "container", "LOCALSTACK_IMAGE": image}
    user |= {"LOCALSTACK_AUTH_TOKEN": token}
    return open_target("localstack", TargetSettings(), user=user, unmeasured=unmeasured)


def test_the_pinned_image_can_do_what_was_measured(made: Container) -> None:
    endpoint = _target().start(lambda _: None)
    assert endpoint.emulator == "localstack-4.14.0"
    assert endpoint.can(Capability.REDRIVE)
    assert not made.stopped


@pytest.mark.parametrize(
    ("version", "edition", "emulator"),
    [
        ("2026.3.0", "community", "localstack-2026.3.0"),
        ("4.14.0", "pro", "localstack-4.14.0-pro"),
    ],
)
def test_another_is_not_taken_for_it_and_only_a_probe_has_it(
    made: Container, server: Server, version: str, edition: str, emulator: str
) -> None:
    server.body = _answers(server.server_port, version, edition)
    with pytest.raises(TargetError, match=rf"img is LocalStack {version} \({edition}\)") as caught:
        _target("img").start(lambda _: None)
    assert "LOCALSTACK_IMAGE=img stageproof probe --target localstack" in caught.value.mend
    assert made.stopped
    endpoint = _target("img", unmeasured=True).start(lambda _: None)
    assert (endpoint.emulator, dict(endpoint.capabilities)) == (emulator, {})


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "it needs a token, and LOCALSTACK_AUTH_TOKEN isn't set"),
        ("old", "didn't take the token in LOCALSTACK_AUTH_TOKEN"),
    ],
)
def test_an_image_that_ends_for_want_of_a_licence_is_told_as_that(
    made: Container, server: Server, token: str, why: str
) -> None:
    server.body, made.status, made.said = b"{}", "exited", ACTIVATION.encode()
    with pytest.raises(TargetError, match=f"(?s)img has no licence to run: .*{why}") as caught:
        _target("img", token=token).start(lambda _: None)
    assert "No credentials were found" in caught.value.what
    assert f"leave LOCALSTACK_IMAGE out: {IMAGE}" in caught.value.mend
    assert "memory" not in caught.value.mend


def test_one_that_dies_otherwise_is_told_with_the_end_of_its_log(
    made: Container, server: Server, tmp_path: Path
) -> None:
    server.body, made.status, made.said = b"{}", "exited", b"one\nKilled\n"
    log = tmp_path / "emulator.log"
    target = open_target(
        "localstack", TargetSettings(), user={"LOCALSTACK_MODE": "container"}, log=log
    )
    with pytest.raises(TargetError, match=r"(?s)the container died; .*Killed") as caught:
        target.start(lambda _: None)
    assert "memory" in caught.value.mend
    assert log.read_bytes() == made.said


def test_one_that_ran_with_its_licence_and_died_is_not_blamed_on_it(made: Container) -> None:
    target = _target("img")
    target.start(lambda _: None)
    made.status, made.said = "exited", b"license expires tomorrow\nKilled\n"
    assert "the container died" in target.death().what


def test_a_licence_that_was_taken_is_not_why_it_did_not_come_up(
    made: Container, server: Server
) -> None:
    server.body, made.status = b"{}", "exited"
    made.said = b"Successfully activated new license 1234\nKilled\n"
    with pytest.raises(TargetError, match="the container died"):
        _target("img", token="good").start(lambda _: None)
