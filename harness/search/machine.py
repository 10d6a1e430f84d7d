"""How much of this machine a search uses: more lanes while there is room, none that wait for it."""

import time
from collections.abc import Callable
from pathlib import Path

_EVERY = 1.0
"""Seconds over which it is measured."""
_ROOM, _FULL = 0.3, 0.15
"""Idle shares of all cores: from the one on a lane more is worth starting, below the other each
exploration would only take longer, and promises of time break."""
_LANE = 1.5 * 2**30
"""Bytes that must be free for another lane: about one, and some for what it does."""


class Machine:
    """Measured whenever it is asked, at most once a second. Linux; elsewhere it is just right."""

    def __init__(
        self, *, proc: Path = Path("/proc"), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._proc = proc
        self._clock = clock
        self._measured = clock()
        self._before = self._times()
        self._idle: float | None = None

    def has_room(self) -> bool:
        """Whether another lane would find a core and memory."""
        self._measure()
        return self._idle is not None and self._idle >= _ROOM and self._free() >= _LANE

    def is_full(self) -> bool:
        """Whether everything that runs waits for a core already."""
        self._measure()
        return self._idle is not None and self._idle < _FULL

    def started(self) -> None:
        """A lane more was started: what was measured before says nothing any more."""
        self._idle = None
        self._measured, self._before = self._clock(), self._times()

    def _measure(self) -> None:
        if (now := self._clock()) - self._measured < _EVERY:
            return
        self._measured = now
        (idle, all_before), times = self._before, self._times()
        passed = times[1] - all_before
        self._idle = (times[0] - idle) / passed if passed > 0 else None
        self._before = times

    def _times(self) -> tuple[int, int]:
        """Ticks of all cores since the start: idle, and all."""
        try:
            first = (self._proc / "stat").read_text(encoding="ascii").splitlines()[0]
            told = [int(field) for field in first.split()[1:9]]
            return told[3] + told[4], sum(told)
        except (OSError, ValueError, IndexError):
            return 0, 0

    def _free(self) -> int:
        try:
            lines = (self._proc / "meminfo").read_text(encoding="ascii").splitlines()
            told = next(line for line in lines if line.startswith("MemAvailable:"))
            return int(told.split()[1]) * 1024
        except (OSError, ValueError, IndexError, StopIteration):
            return 0
