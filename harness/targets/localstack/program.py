"""LocalStack as a program of this machine: how it is started and known to be up."""

import os
from collections.abc import Mapping
from pathlib import Path

from harness.targets.answering import ask
from harness.targets.emulator import CREDENTIALS
from harness.targets.localstack.installation import Installation
from harness.targets.localstack.java import Java

_POLL = "0.05"
"""Seconds between two waits of an event source for messages or writes; LocalStack's own second,
between two looks, is most of what a hop costs."""


def command(installed: Installation) -> list[str | Path]:
    """What starts it."""
    return [installed.python, "-m", "localstack.runtime.main"]


def clean_environment(
    installed: Installation, java: Java, libraries: Path, *, port: int, scratch: Path
) -> Mapping[str, str]:
    """All that it is given as a program: nothing of the user's, nothing to download."""
    return {
        **settings(port=port, name=scratch.name),
        "PATH": os.pathsep.join([str(java.path.parent), "/usr/bin", "/bin"]),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(installed.executor),
        "FILESYSTEM_ROOT": str(scratch / "localstack"),
        # On a machine that is a container itself it would take itself for its image, and share
        # folders of this machine with every other one.
        "OVERRIDE_IN_DOCKER": "0",
        "LAMBDA_PROCESS_PYTHON": str(installed.functions),
        "DYNAMODB_LOCAL_LIB": str(libraries),
        "DYNAMODB_LOCAL_JAVA": str(java.path),
        # Docker, if there is one, must not be asked for anything.
        "DOCKER_HOST": "unix:///nonexistent",
    }


def settings(*, port: int, name: str) -> dict[str, str]:
    """What it is told wherever it runs: loopback only, nothing to report home.

    ``name`` is what it answers when asked who it is.
    """
    return {
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        # Else a queue's URL names a host that resolves nowhere.
        "SQS_ENDPOINT_STRATEGY": "path",
        # It has a name server, which would want port 53 of every address.
        "DNS_ADDRESS": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "LS_LOG": "warn",
        # What its services ask of each other needn't go through its own front door: of what a hop
        # from a queue to a function and on costs, half is that.
        "IN_MEMORY_CLIENT": "1",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_PROCESS_CREDENTIALS": ":".join(CREDENTIALS.values()),
        "LAMBDA_SYNCHRONOUS_CREATE": "1",
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": _POLL,
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": _POLL,
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC": "2",
        "PROCESS_EXECUTOR_NAME": name,
        # A metric for each send, receive and empty poll, through its own front door, is a third of
        # what it does all day; alarms are fed by whoever tests them.
        "SQS_DISABLE_CLOUDWATCH_METRICS": "1",
        # Its default provider for streams needs a download; DynamoDB Local has streams itself.
        "PROVIDER_OVERRIDE_DYNAMODB": "v2",
        "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "v2",
        "DYNAMODB_IN_MEMORY": "1",
        "DYNAMODB_REMOVE_EXPIRED_ITEMS": "1",
    }


def ours(url: str, scratch: Path) -> bool:
    """Whether the one that was given this folder answers there, ready."""
    return answers_to(url, scratch.name)


def answers_to(url: str, name: str) -> bool:
    """Whether the one that was given this name answers there, ready."""
    said = ask(f"{url}/_process_executor")
    if said is None or said.get("name") != name:
        return False
    ready = ask(f"{url}/_localstack/init/ready")
    return ready is not None and bool(ready.get("completed"))
