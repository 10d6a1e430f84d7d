"""LocalStack without Docker, started and ended."""

import os
import select
from pathlib import Path

from harness.targets import Aws, TargetSettings, default_home
from harness.targets.answering import ask
from harness.targets.localstack import LocalStackProcess, program
from harness.targets.localstack.installation import Installation
from harness.targets.localstack.java import Java


def _given(tmp_path: Path) -> dict[str, str]:
    installed = Installation(Path("/e/python"), Path("/f/python"), Path("/x"), "3.13")
    java = Java(Path("/j/bin/java"), 17)
    return dict(program.clean_environment(installed, java, Path("/lib"), port=1, scratch=tmp_path))


def test_it_listens_on_loopback_alone_and_is_given_nothing_of_the_users(tmp_path: Path) -> None:
    given = _given(tmp_path)
    assert given["GATEWAY_LISTEN"] == "127.0.0.1:1"
    assert given["DNS_ADDRESS"] == "0"
    assert not set(given) & {"AWS_PROFILE", "HTTPS_PROXY", "SSL_CERT_FILE", "VIRTUAL_ENV"}
    assert given["HOME"] == str(tmp_path)


def test_another_localstack_at_that_address_is_not_taken_for_it(tmp_path: Path) -> None:
    assert not program.ours("http://127.0.0.1:9", tmp_path)


def test_started_it_answers_and_stopped_it_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    target = LocalStackProcess(
        TargetSettings(), default_home(os.environ), log=tmp_path / "emulator.log"
    )
    with target:
        endpoint = target.start(lambda _: None)
        said = ask(f"{endpoint.url}/_localstack/info", seconds=30)
        assert said is not None
        assert said["version"] == "4.14.0"
        Aws.of(endpoint).client("dynamodb").list_tables()  # starts Java
        scratch = target._scratch
        assert scratch is not None
        java = next(
            int(p.name)
            for p in Path("/proc").iterdir()
            if p.name.isdigit() and _is_ours(p, endpoint.url)
        )
        watch = os.pidfd_open(java)
    assert select.select([watch], [], [], 20)[0]
    os.close(watch)
    assert not scratch.exists()
    assert not target.alive()


def _is_ours(process: Path, url: str) -> bool:
    try:
        environment = (process / "environ").read_bytes()
        command = (process / "cmdline").read_bytes()
    except OSError:
        return False
    listens = f"GATEWAY_LISTEN={url.removeprefix('http://')}".encode()
    return b"dynamodbv2" in command and listens in environment
