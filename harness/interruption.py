"""Being asked to end: by Ctrl-C, by ``kill``, or because the terminal went away."""

import os
import signal
import sys
import threading
import time
from types import FrameType

_ACTED_UPON = 0.5
"""Seconds within which something must have begun to act upon an interruption."""
_LOOK = 0.002


def heed() -> None:
    """Make every such wish a KeyboardInterrupt in the main thread, and let none get lost.

    Python runs a handler wherever it happens to be. Where that is a finalizer, or a library's code
    that takes every exception for its own, what the handler raised is gone, and the program goes
    on as if nobody had asked. So somebody looks whether it is acted upon, and asks again if not.
    """
    asked = _Watcher()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup has said that one is to be ignored; others have handlers of their own.
        if signal.getsignal(each) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(each, asked.interrupt)
    asked.start()


def heard() -> None:
    """An interruption was taken for what it is: whoever catches one says so."""
    _Watcher.taken.set()


class _Watcher(threading.Thread):
    """Sees that interruptions of the main thread are acted upon."""

    taken = threading.Event()

    def __init__(self) -> None:
        super().__init__(name="interruptions", daemon=True)
        self._owner = os.getpid()
        self._told, self._tell = os.pipe()

    def interrupt(self, signum: int, frame: FrameType | None) -> None:
        """The handler. A pipe, since no lock may be taken here."""
        if os.getpid() == self._owner:  # a fork has the handler, not the thread
            os.write(self._tell, bytes([signum]))
        raise KeyboardInterrupt

    def run(self) -> None:
        """The thread's work."""
        while True:
            (signum,) = os.read(self._told, 1)
            if not self._acted_upon():
                os.kill(self._owner, signum)

    def _acted_upon(self) -> bool:
        late = time.monotonic() + _ACTED_UPON
        while not (self.taken.is_set() or _unwinding()):
            if time.monotonic() > late:
                return False
            time.sleep(_LOOK)
        return True


def _unwinding() -> bool:
    """Whether the main thread handles an interruption, or something that came of one."""
    now = sys._current_exceptions().get(threading.main_thread().ident or 0)
    error = now[1] if isinstance(now, tuple) else now  # a tuple before Python 3.12
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__context__
    return False
