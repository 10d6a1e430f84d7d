"""Stands for an execution environment: what an emulator takes for ``python SCRIPT``.

It gives the nursery beside it its script, environment, folder and standard streams, and lives as
long as the process that takes them, so that whoever started it can watch, end and wait for it.
Where there is no nursery it becomes Python itself.

``starting.py`` makes a program of it, on the bare interpreter (``-I -S``). A cold start waits for
it: it imports little.
"""

import _socket
import array
import json
import os
import signal
import sys

SOCKET = "nursery.sock"
ENDED = 4
"""Bytes by which the nursery tells how the process ended: a signed number, as in ``Popen``."""


def hand_over(path: str, script: str) -> "_socket.socket":
    """Gives the connection that closes when the process has ended.

    Raises:
        OSError: nobody takes it.
    """
    told = {"script": script, "cwd": os.getcwd(), "environment": dict(os.environ)}
    said = json.dumps(told).encode()
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(path)
    streams = array.array("i", [0, 1, 2])
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)]
    connection.sendmsg([len(said).to_bytes(ENDED, "big")], rights)
    connection.sendall(said)
    return connection


def let_go() -> None:
    """Close our ends of the streams: they must close when the process's do."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def end_like(connection: "_socket.socket") -> int:
    """Wait until the process has ended; gives its exit code, or ends by its signal."""
    told = connection.recv(ENDED)
    if len(told) < ENDED:
        return 1  # the nursery is gone; what it forked ends when its input does
    code = int.from_bytes(told, "big", signed=True)
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def main(program: str, *script: str) -> int:
    """Be an execution environment by proxy, or by itself."""
    path = os.path.join(os.path.dirname(os.path.abspath(program)), SOCKET)
    try:
        connection = hand_over(path, *script)
    except (OSError, TypeError):  # or not just a script
        os.execv(sys.executable, [sys.executable, *script])  # noqa: S606
    let_go()
    return end_like(connection)


if __name__ == "__main__":
    sys.exit(main(*sys.argv))
