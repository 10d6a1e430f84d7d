import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.targets.process import Group

CHILDREN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
child.wait()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True: signal.pause()
"""


def _start(tmp_path: Path, code: str) -> Group:
    return Group([sys.executable, "-c", code], environment={}, log=tmp_path / "log", cwd=tmp_path)


def _line(path: Path) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = path.read_text() if path.exists() else ""
        if text.endswith("\n"):
            return text.splitlines()[0]
        time.sleep(0.01)
    raise AssertionError(f"{path} stayed empty")


def _gone(pid: int) -> bool:
    """Dead, or dead and not collected by this machine's init."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@linux
def test_ending_a_group_ends_the_children_too(tmp_path: Path) -> None:
    group = _start(tmp_path, CHILDREN)
    child = int(_line(tmp_path / "log"))
    group.end()
    assert _gone(child)
    assert group.ended() is not None


@linux
def test_a_group_dies_with_its_owner_even_a_killed_one(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, signal; from pathlib import Path;"
            "from harness.targets.process import Group;"
            "Group([sys.executable, '-c', sys.argv[1]], environment={},"
            " log=Path(sys.argv[2]), cwd=Path('.')); signal.pause()",
            CHILDREN,
            str(tmp_path / "log"),
        ]
    )
    child = int(_line(tmp_path / "log"))
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert _gone(child)


def test_a_program_that_ignores_the_request_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = _start(tmp_path, STUBBORN)
    _line(tmp_path / "log")
    group.end(patience=0.1)
    assert group.ended() is not None


def test_ending_twice_is_harmless(tmp_path: Path) -> None:
    group = _start(tmp_path, "pass")
    group.end()
    group.end()
    assert group.ended() is not None


@pytest.mark.parametrize("code", [0, 7])
def test_the_programs_exit_code_is_told(tmp_path: Path, code: int) -> None:
    group = _start(tmp_path, f"raise SystemExit({code})")
    assert group.ended(within=20) == code
    group.end()
