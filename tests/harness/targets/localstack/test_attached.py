"""Somebody's LocalStack: used, never stopped; what is none is told apart."""

import json

import pytest

from harness.model import Capability
from harness.targets import TargetError, TargetSettings, open_target
from harness.targets.localstack import AttachedLocalStack
from harness.targets.standing import StandingTarget
from tests.harness.targets.localstack.conftest import Server


def _attached(server: Server) -> AttachedLocalStack:
    return AttachedLocalStack(f"http://127.0.0.1:{server.server_port}/", TargetSettings())


def _localstack(version: str, edition: str = "community", **more: object) -> bytes:
    return json.dumps({"version": version, "edition": edition, **more}).encode()


def test_its_version_is_told_and_its_capabilities_are_those_measured(server: Server) -> None:
    server.body = _localstack("4.14.0")
    told: list[str] = []
    endpoint = _attached(server).start(told.append)
    assert told == [f"using LocalStack 4.14.0 (community) at http://127.0.0.1:{server.server_port}"]
    assert endpoint.can(Capability.REDRIVE)
    assert not endpoint.can(Capability.PROCESSES)


def test_it_is_not_ours_to_stop_and_what_we_put_on_it_is_removed(server: Server) -> None:
    server.body = _localstack("4.14.0")
    with _attached(server) as target:
        target.start(lambda _: None)
    assert target.alive()
    assert not target.disposable


@pytest.mark.parametrize("keep", [False, True])
def test_what_stays_there_at_the_end_is_still_told_apart_from_others(
    server: Server, keep: bool
) -> None:
    server.body = _localstack("4.14.0")
    user = {"LOCALSTACK_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
    user |= {"STAGEPROOF_KEEP": "1"} if keep else {}
    target = open_target("localstack", TargetSettings(), user=user)
    assert (target.disposable, target.shared) == (keep, True)
    lent = StandingTarget(target.start(lambda _: None))
    assert (lent.disposable, lent.shared) == (keep, True)


def test_what_we_start_for_ourselves_is_nobody_elses() -> None:
    for name in ("embedded", "localstack", "live"):
        target = open_target(name, TargetSettings(), user={})
        assert (target.disposable, target.shared) == (True, False)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<html>Welcome</html>", "it answered 200 from .*beginning '<html>Welcome</html>'"),
        (404, b"", "it answered 404 from .*, with no body"),
        (200, b'{"version": "1"}', "it answered 200"),
    ],
)
def test_what_is_no_localstack_is_told_with_what_answered(
    server: Server, status: int, body: bytes, said: str
) -> None:
    server.status, server.body = status, body
    with pytest.raises(TargetError, match=f"is no LocalStack: {said}") as caught:
        _attached(server).start(lambda _: None)
    assert "--endpoint http://127.0.0.1:4566" in caught.value.mend


def test_nobody_there_is_told(server: Server) -> None:
    port = server.server_port
    server.server_close()
    with pytest.raises(TargetError, match=r"nothing answers .*refused"):
        AttachedLocalStack(f"http://127.0.0.1:{port}", TargetSettings()).start(lambda _: None)


@pytest.mark.parametrize(
    ("version", "edition", "emulator"),
    [
        ("3.8.1", "community", "localstack-3.8.1"),
        ("2026.3.0", "community", "localstack-2026.3.0"),
        ("4.14.0", "pro", "localstack-4.14.0-pro"),
        ("4.14.0:f00", "../../x", "localstack-4.14.0-x"),
    ],
)
def test_what_nobody_measured_is_refused_with_how_to_measure_it_and_then_goes_by_its_own_name(
    server: Server, version: str, edition: str, emulator: str
) -> None:
    server.body = _localstack(version, edition)
    with pytest.raises(TargetError, match=rf"is LocalStack [^:]+ \({edition}\); what") as caught:
        _attached(server).start(lambda _: None)
    assert "stageproof probe --target localstack" in caught.value.mend
    user = {"LOCALSTACK_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
    probed = open_target("localstack", TargetSettings(), user=user, unmeasured=True)
    endpoint = probed.start(lambda _: None)
    assert (endpoint.emulator, dict(endpoint.capabilities)) == (emulator, {})


def test_one_from_pypi_has_no_name_for_its_edition_and_is_the_free_one(server: Server) -> None:
    server.body = _localstack("4.14.0", "unknown", is_license_activated=False)
    assert _attached(server).start(lambda _: None).emulator == "localstack-4.14.0"
    server.body = _localstack("4.14.0", "unknown", is_license_activated=True)
    with pytest.raises(TargetError, match=r"4\.14\.0 \(pro\)"):
        _attached(server).start(lambda _: None)


def test_the_environments_endpoint_is_attached_to() -> None:
    user = {"LOCALSTACK_ENDPOINT": "http://127.0.0.1:1"}
    assert isinstance(open_target("localstack", TargetSettings(), user=user), AttachedLocalStack)
