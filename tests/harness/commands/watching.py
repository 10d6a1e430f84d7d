"""Waiting for what a command does, and looking for what it leaves."""

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60.0
"""Seconds that a condition has to come true on a busy machine."""
_PAUSE = 0.02


def until(condition: Callable[[], object], what: str) -> None:
    """Watch until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(_PAUSE)


def signals(evidence: Path) -> str:
    """Everything that the workers of a run said so far."""
    return "".join(path.read_text() for path in sorted(evidence.glob("signals-*.jsonl")))


def processes_of(place: Path) -> dict[int, str]:
    """The processes that work in a folder or were told of it, each with its command line."""
    return {pid: told for pid in _pids() if (told := _about(pid, str(place)))}


def _pids() -> list[int]:
    return [
        int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()
    ]


def _about(pid: int, place: str) -> str:
    """Its command line if it has to do with the place; nothing if not, or if it has ended."""
    proc = Path("/proc") / str(pid)
    try:
        command = (
            proc.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
        environment = proc.joinpath("environ").read_bytes().decode(errors="replace")
        where = os.readlink(proc / "cwd")
    except OSError:
        return ""
    return command if place in command + environment + where else ""
