"""Containers whose owner is gone: a run that was killed can't end its own."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.targets.endpoint import Progress

OWNER = "stageproof.owner"
"""The label that says whose a container is."""


def owner() -> str:
    """This process, told apart from a later one of the same number."""
    return _name(os.getpid())


def end_orphans(client: Any, progress: Progress) -> None:
    """Remove containers of runs on this machine that have ended without doing so themselves."""
    from docker.errors import DockerException  # noqa: PLC0415 (other targets needn't pay for it)

    with suppress(DockerException):  # then it stays for the next run
        for container in client.containers.list(all=True, filters={"label": OWNER}):
            if _is_gone(str(container.labels.get(OWNER))):
                progress(f"removing {container.name}, which a run that was killed left")
                container.remove(force=True, v=True)


def _is_gone(name: str) -> bool:
    pid, _, rest = name.partition("/")
    began, _, host = rest.partition("@")
    # Without a beginning to compare, nobody is taken for gone.
    known = pid.isdigit() and bool(began) and host == socket.gethostname()
    return known and _name(int(pid)) != name


def _name(pid: int) -> str:
    """``PID/BEGAN@HOST``; without ``BEGAN`` where a process's beginning can't be told."""
    began = ""
    with suppress(OSError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        began = stat.rpartition(")")[2].split()[19]
    return f"{pid}/{began}@{socket.gethostname()}"
