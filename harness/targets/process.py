"""A program in a process group of its own, ended with everything it started."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_KEEPER = Path(__file__).with_name("keeper.py")


class Group:
    """A running program and its children, tied to this process's life."""

    def __init__(
        self, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path, cwd: Path
    ) -> None:
        self._reads, self._holds = os.pipe()
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 (our own command)
                    [sys.executable, "-I", "-S", str(_KEEPER), *map(str, command)],
                    stdin=self._reads,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(environment),
                    cwd=cwd,
                    start_new_session=True,
                )
        except BaseException:
            os.close(self._holds)
            raise
        finally:
            os.close(self._reads)

    @property
    def pid(self) -> int:
        """The group's id."""
        return self._process.pid

    def ended(self, within: float = 0.0) -> int | None:
        """Its exit code once it ended; None if it still runs after ``within`` seconds."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            return None

    def end(self, patience: float = 6.0) -> None:
        """End the group: politely, then not. Harmless when it is over."""
        if self._holds >= 0:
            os.close(self._holds)
            self._holds = -1
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # Also when interrupted while waiting, and for children that outlived their parent.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
