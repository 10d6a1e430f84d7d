"""A thread that looks at one thing again and again, and says once when it no longer can."""

import contextlib
import threading
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

_GIVE_UP = 3
"""Failures in a row after which there is nothing left to watch."""


class Feed(threading.Thread):
    """Calls ``look`` until stopped.

    Args:
        look: gives whether there is more to see already, so that it looks again at once.
        pause: seconds until the next look else, as things stand.
        lost: told why, once, when looking failed for good.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], bool],
        *,
        pause: Callable[[], float],
        lost: Callable[[str, str], None],
    ) -> None:
        super().__init__(name=f"observe {name}", daemon=True)
        self._about = name
        self._look = look
        self._pause = pause
        self._lost = lost
        self._stopping = threading.Event()
        self._woken = threading.Event()

    def run(self) -> None:
        """The thread's work."""
        failures = 0
        while not self._stopping.is_set():
            try:
                more, failures = self._look(), 0
            except (BotoCoreError, ClientError, OSError, ValueError) as error:
                more, failures = False, failures + 1
                if failures >= _GIVE_UP:
                    if not self._stopping.is_set():
                        self._lost(self._about, str(error))
                    return
            if not more:
                self._woken.wait(self._pause())
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
