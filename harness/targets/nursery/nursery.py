"""Keeps a Python with the functions' libraries loaded, and forks execution environments off it.

Runs as a script: ``nursery.py SOCKET``. ``handover.py`` says what comes through the socket. One
thread serves one request after another: loading what the next one needs anyway is no delay.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from collections.abc import Callable
    from typing import Any

    from harness.targets.nursery.environment import Request, live
    from harness.targets.nursery.handover import ENDED
    from harness.targets.nursery.loaded import Loaded
else:  # a script's neighbours
    from environment import Request, live
    from handover import ENDED
    from loaded import Loaded

_ROOM = 16_384
"""Bytes for what a process shows of its environment."""
_WAITING = 512
"""Requests that may wait while it is busy."""
_PATIENCE = 5.0
"""Seconds for a request to arrive whole."""


class Nursery:
    """Serves until told to end; in a forked process, until it knows what to be."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._loaded = Loaded()
        self._of: dict[int, tuple[int, socket.socket]] = {}  # pid: its pidfd, who waits for it
        self._on(listener, self._take)

    def serve(self) -> Request:
        """Returns in a child only."""
        while True:
            for key, _ in self._selector.select():
                # What one did may have ended what another was about.
                if self._selector.get_map().get(key.fd) is key:
                    born: Request | None = key.data()
                    if born is not None:
                        return born

    def _take(self) -> "Request | None":
        connection, _ = self._listener.accept()
        connection.settimeout(_PATIENCE)
        try:
            streams, told = _received(connection)
        except (OSError, ValueError):
            connection.close()
            return None
        reads, writes = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._forget()
            # A child holds nothing but its own.
            connection.close()
            os.close(reads)
            return Request(**told, streams=streams, learns=writes, loaded=self._loaded)
        for stream in (*streams, writes):
            os.close(stream)
        self._watch(pid, connection, reads, told["environment"])
        return None

    def _watch(
        self, pid: int, connection: socket.socket, reads: int, environment: "dict[str, str]"
    ) -> None:
        process = os.pidfd_open(pid)
        self._of[pid] = process, connection
        self._on(process, lambda: self._ended(pid))
        self._on(connection, lambda: self._unwanted(pid))
        said = bytearray()

        def hear() -> None:
            part = os.read(reads, 65_536)
            said.extend(part)
            if part:
                return
            self._off(reads)
            os.close(reads)
            try:
                seen = json.loads(said)
            except ValueError:  # it was killed while it told, or had nothing to tell
                return
            self._loaded.learn(seen, environment)

        self._on(reads, hear)

    def _ended(self, pid: int) -> None:
        process, connection = self._of.pop(pid)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._off(process)
        os.close(process)
        self._off(connection)
        with contextlib.suppress(OSError):
            connection.sendall(code.to_bytes(ENDED, "big", signed=True))
        connection.close()

    def _unwanted(self, pid: int) -> None:
        """Who stood for it is gone, killed perhaps: so is it."""
        _, connection = self._of[pid]
        self._off(connection)
        connection.close()
        os.kill(pid, signal.SIGKILL)

    def _on(self, what: "socket.socket | int", do: "Callable[[], Request | None]") -> None:
        self._selector.register(what, selectors.EVENT_READ, do)

    def _off(self, what: "socket.socket | int") -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(what)

    def _forget(self) -> None:
        for key in list(self._selector.get_map().values()):
            os.close(key.fd)
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.detach()  # or it would close what has this number by then
        self._selector.close()


def _received(connection: socket.socket) -> "tuple[list[int], dict[str, Any]]":
    """The streams and the rest of a request.

    Raises:
        OSError, ValueError: it didn't come whole; then its streams are closed.
    """
    header, streams, _, _ = socket.recv_fds(connection, ENDED, 3)
    left, parts = int.from_bytes(header, "big"), []
    try:
        while left > 0:
            part = connection.recv(left)
            if not part:
                raise ValueError("it ended in the middle")
            parts.append(part)
            left -= len(part)
        return streams, json.loads(b"".join(parts))
    except (OSError, ValueError):
        for stream in streams:
            os.close(stream)
        raise


def main(path: str) -> None:
    """Serve; and live, in a child."""
    if "STAGEPROOF_ROOM" not in os.environ:
        # What a process shows of its environment has the size that it was started with.
        room = {**os.environ, "STAGEPROOF_ROOM": "x" * _ROOM}
        os.execve(sys.executable, [sys.executable, __file__, path], room)  # noqa: S606 (itself)
    del os.environ["STAGEPROOF_ROOM"]
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(_WAITING)
    live(Nursery(listener).serve())


if __name__ == "__main__":
    main(sys.argv[1])
