# ruff: noqa: S310 (loopback only)
import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from harness.targets import (
    EmbeddedTarget,
    TargetError,
    TargetSettings,
    default_home,
    embedded,
    emulator,
    ministack,
    ports,
)
from harness.targets.scratch import new_scratch

HOME = default_home(os.environ)


def _target(**settings: int) -> EmbeddedTarget:
    return EmbeddedTarget(TargetSettings.model_validate(settings), HOME)


def _silent(_: str) -> None:
    return None


def test_it_answers_once_started_and_leaves_nothing_when_stopped() -> None:
    target = _target()
    with target:
        endpoint = target.start(_silent)
        with urllib.request.urlopen(f"{endpoint.url}/_ministack/health") as answer:
            assert answer.status == 200
        assert target.alive()
    assert not target.alive()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{endpoint.url}/_ministack/health")
    assert not endpoint.log.parent.exists()


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(TargetError, match=f"port {port} on 127.0.0.1 is taken") as caught:
            _target(port=port).start(_silent)
    assert "harness.toml" in caught.value.mend


def test_another_port_is_tried_when_a_free_one_is_taken_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        free = iter([other.getsockname()[1], ports.reserve(None, "embedded")])
        monkeypatch.setattr(emulator, "reserve", lambda *_: next(free))
        with _target() as target:
            endpoint = target.start(_silent)
            assert target.alive()
    assert not endpoint.url.endswith(str(other))


def test_another_emulator_that_got_the_port_first_is_not_taken_for_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with _target() as first:
        taken = first.start(_silent)
        free = iter([int(taken.url.rsplit(":", 1)[1]), ports.reserve(None, "embedded")])
        monkeypatch.setattr(emulator, "reserve", lambda *_: next(free))
        with _target() as second:
            assert second.start(_silent).url != taken.url


def test_a_death_is_noticed_and_told_with_the_end_of_the_log() -> None:
    with _target() as target:
        endpoint = target.start(_silent)
        endpoint.log.write_text("out of memory\n")
        assert target._group is not None
        os.killpg(target._group.pid, signal.SIGKILL)
        assert target._group.ended(within=20) is not None
        assert not target.alive()
        assert "out of memory" in str(target.death())


def test_an_emulator_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "import sys; print('no such module'); sys.exit(3)"
    monkeypatch.setattr(ministack, "command", lambda e: [e / "bin" / "python", "-c", said])
    with pytest.raises(TargetError, match=r"died \(exit code 3\)[\s\S]*no such module"):
        _target().start(_silent)


def test_an_interrupt_while_starting_leaves_no_process_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(embedded, "_ours", interrupted)
    monkeypatch.setattr(emulator, "new_scratch", lambda: new_scratch(tmp_path))
    target = _target()
    with pytest.raises(KeyboardInterrupt):
        target.start(_silent)
    assert not target.alive()
    assert target._group is None
    assert list(tmp_path.iterdir()) == []


def test_functions_are_given_nothing_of_the_users_environment(tmp_path: Path) -> None:
    given = ministack.clean_environment(tmp_path, port=1, region="eu-west-1", scratch=tmp_path)
    assert given["BIND_HOST"] == "127.0.0.1"
    assert not set(given) & {"AWS_PROFILE", "HTTPS_PROXY", "PYTHONPATH", "SSL_CERT_FILE"}
    assert given["HOME"] == str(tmp_path)
