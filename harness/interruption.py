"""Being asked to end: by Ctrl-C, by ``kill``, or because the terminal went away."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

_SOON = 0.05
"""Seconds until an interruption that got lost is sent again: by then the finalizer is over."""


def heed() -> None:
    """Make every such wish a KeyboardInterrupt in the main thread, and let none get lost.

    Python runs a handler wherever it happens to be. Where that is a finalizer, it prints what the
    handler raised and goes on, as if nobody had asked.
    """
    for each in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(each) is signal.SIG_DFL:  # nohup has said that it is to be ignored
            signal.signal(each, _interrupt)
    sys.unraisablehook = _insisting(sys.unraisablehook)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _insisting(tell: Callable[[Any], None]) -> Callable[[Any], None]:
    def hook(lost: Any) -> None:
        if lost.exc_type is not KeyboardInterrupt:
            tell(lost)
            return
        again = threading.Timer(_SOON, os.kill, (os.getpid(), signal.SIGTERM))
        again.daemon = True
        again.start()

    return hook
