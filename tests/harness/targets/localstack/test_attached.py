"""Somebody's LocalStack: used, never stopped; what is none is told apart."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.model import Capability
from harness.targets import TargetError, TargetSettings, open_target
from harness.targets.localstack import AttachedLocalStack
from harness.targets.standing import StandingTarget


class Server(ThreadingHTTPServer):
    """Answers every path with what the test says."""

    body: bytes = b"{}"
    status = 200


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert isinstance(self.server, Server)
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(self.server.body)))
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_: object) -> None: ...

    with Server(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        yield running
        running.shutdown()


def _attached(server: Server) -> AttachedLocalStack:
    return AttachedLocalStack(f"http://127.0.0.1:{server.server_port}/", TargetSettings())


def _localstack(version: str) -> bytes:
    return json.dumps({"version": version, "edition": "community"}).encode()


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
    assert (lent.disposable, lent.shared) == (False, True)


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


@pytest.mark.parametrize("version", ["3.8.1", "2026.3.0"])
def test_a_version_that_nobody_measured_is_refused_with_how_to_measure_it(
    server: Server, version: str
) -> None:
    server.body = _localstack(version)
    with pytest.raises(TargetError, match=rf"is LocalStack {version}; what that") as caught:
        _attached(server).start(lambda _: None)
    assert "stageproof probe --target localstack" in caught.value.mend


def test_the_environments_endpoint_is_attached_to() -> None:
    user = {"LOCALSTACK_ENDPOINT": "http://127.0.0.1:1"}
    assert isinstance(open_target("localstack", TargetSettings(), user=user), AttachedLocalStack)
