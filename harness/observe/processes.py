"""Execution environments as processes, where functions run on this machine."""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path


class Processes:
    """Remembers which processes served which function of one emulator. Linux; else it sees none.

    Args:
        endpoint: what functions take for AWS; they have it in their environment.
        functions: logical id → function name.
    """

    def __init__(
        self, endpoint: str, functions: Mapping[str, str], *, proc: Path = Path("/proc")
    ) -> None:
        self._marks = {f"AWS_LAMBDA_FUNCTION_NAME={n}".encode(): f for f, n in functions.items()}
        self._endpoint = f"AWS_ENDPOINT_URL={endpoint}".encode()
        self._proc = proc
        self._looked: set[str] = set()
        self._found: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def look(self) -> bool:
        """Look at the processes that are new; gives False: there is no hurry to look again."""
        try:
            pids = {name for name in os.listdir(self._proc) if name.isdigit()}
        except OSError:
            return False
        with self._lock:
            for pid in pids - self._looked:
                function = self._function(pid)
                if function is not None:
                    self._found.setdefault(function, set()).add(pid)
            self._looked = pids
        return False

    def count(self) -> Mapping[str, int]:
        """Function (logical id) → processes seen."""
        self.look()
        with self._lock:
            return {function: len(pids) for function, pids in self._found.items()}

    def function_of(self, pid: int | str) -> str | None:
        """Which function a process serves; None if none of ours."""
        return self._function(str(pid))

    def _function(self, pid: str) -> str | None:
        try:
            environment = set((self._proc / pid / "environ").read_bytes().split(b"\0"))
        except OSError:
            return None
        if self._endpoint not in environment:
            return None
        return next((f for mark, f in self._marks.items() if mark in environment), None)


Count = Callable[[], Mapping[str, int]]
