"""Starts processes that die with this one.

Linux ends such a child when the *thread* that started it ends, so one thread starts them all and
lives as long as the program does.
"""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue

_Order = tuple[Sequence[str], Mapping[str, str], Path, int, "Future[subprocess.Popen[bytes]]"]
_orders: SimpleQueue[_Order] = SimpleQueue()
_first = threading.Lock()
_running: list[threading.Thread] = []


def spawn(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, output: int
) -> "subprocess.Popen[bytes]":
    """Start ``command`` with exactly this environment; all it prints goes to ``output``.

    Raises:
        OSError: it can't be started.
    """
    with _first:
        if not _running:
            _running.append(threading.Thread(target=_work, name="spawner", daemon=True))
            _running[0].start()
    done: Future[subprocess.Popen[bytes]] = Future()
    _orders.put((command, environment, folder, output, done))
    return done.result()


def _work() -> None:
    while True:
        command, environment, folder, output, done = _orders.get()
        try:
            done.set_result(
                subprocess.Popen(  # noqa: S603 (what a function was deployed to run)
                    command,
                    env=dict(environment),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            )
        except BaseException as error:  # whoever waits has to know
            done.set_exception(error)
