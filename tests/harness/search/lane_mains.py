"""What stand-in lanes run: importable, for they are processes of their own."""

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from harness.search.lane import LaneStart
from harness.search.orders import Up, Warmed


def obedient(start: LaneStart, line: Connection) -> None:
    """Warm after each order, until there are no more."""
    line.send(Up({"lane": str(start.number)}))
    try:
        while line.recv() is not None:
            line.send(Warmed())
    except EOFError:
        (start.folder / f"ended-{start.number}").touch()


def stubborn(start: LaneStart, line: Connection) -> None:
    """Busy for ever; takes its stage down when it is told to end."""
    signal.signal(signal.SIGTERM, _down(start.folder))
    line.send(Up({}))
    while True:
        time.sleep(60)


def _down(folder: Path) -> Callable[[int, FrameType | None], None]:
    def end(signum: int, frame: FrameType | None) -> None:
        (folder / "down").touch()
        os._exit(0)

    return end
