"""What a process prints, as lines that can be asked for when an invocation has ended."""

import os
import select
import threading

_CHUNK = 65_536
_MOST = 1_000_000
"""Bytes kept of one invocation; what is printed beyond that is counted, not kept."""


class Output:
    """The reading end of a process's output; read all the time, so that printing never blocks."""

    def __init__(self) -> None:
        self._reads, self.writes = os.pipe()
        os.set_blocking(self._reads, False)
        self._kept = bytearray()
        self._dropped = 0
        self._lock = threading.Lock()
        self._closed = False

    def started(self) -> None:
        """The process has its end: ours is closed, so that its death is the output's end."""
        os.close(self.writes)
        threading.Thread(target=self._follow, name="output", daemon=True).start()

    def take(self) -> str:
        """Everything printed since the last time: what was written before is there."""
        with self._lock:
            self._read()
            text = self._kept.decode("utf-8", "replace")
            dropped, self._dropped = self._dropped, 0
            self._kept.clear()
        return text + (f"\n… {dropped} more bytes were printed\n" if dropped else "")

    def _follow(self) -> None:
        while select.select([self._reads], [], []):
            with self._lock:
                if not self._read():
                    os.close(self._reads)
                    self._closed = True
                    return

    def _read(self) -> bool:
        """Read what is there; False at its end."""
        while not self._closed:
            try:
                chunk = os.read(self._reads, _CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            room = max(0, _MOST - len(self._kept))
            self._kept += chunk[:room]
            self._dropped += len(chunk[room:])
        return False
