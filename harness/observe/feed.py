"""A thread that looks at one thing again and again, and says once when it no longer can."""

import contextlib
import threading
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

_GIVE_UP = 3
"""Failures in a row after which there is nothing left to watch."""
_SHARE = 4
"""So that looking takes a fifth of the time at the most."""


class Feed(threading.Thread):
    """Calls ``look`` until stopped.

    Args:
        look: gives whether there is more to see already, so that it looks again at once.
        pause: seconds until the next look else, as things stand.
        lost: told why, once, when looking failed for good.
        waits: a look itself waits for something to see; else it pauses at least ``_SHARE`` times as
            long as a look took: where looks are slow, the emulator is busy with other things.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], bool],
        *,
        pause: Callable[[], float],
        lost: Callable[[str, str], None],
        waits: bool = False,
    ) -> None:
        super().__init__(name=f"observe {name}", daemon=True)
        self._about = name
        self._look = look
        self._pause = pause
        self._lost = lost
        self._share = 0 if waits else _SHARE
        self._stopping = threading.Event()
        self._woken = threading.Event()

    def run(self) -> None:
        """The thread's work."""
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                more, failures = self._look(), 0
            except (BotoCoreError, ClientError, OSError, ValueError) as error:
                more, failures = False, failures + 1
                if failures >= _GIVE_UP:
                    if not self._stopping.is_set():
                        self._lost(self._about, str(error))
                    return
            if not more:
                took = time.monotonic() - began
                self._woken.wait(max(self._pause(), self._share * took))
                self._woken.clear()
        # What happened between the last look and the stop.
        with contextlib.suppress(BotoCoreError, ClientError, OSError, ValueError):
            self._look()

    def wake(self) -> None:
        """Look now: there is something to see, or somebody who waits for it."""
        self._woken.set()

    def ask_to_stop(self) -> None:
        """It ends after one more look."""
        self._stopping.set()
        self.wake()
