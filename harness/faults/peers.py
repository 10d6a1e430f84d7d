"""Who is at the other end of a loopback connection: the process, by its port."""

import asyncio
import os
from pathlib import Path
from weakref import WeakKeyDictionary

_PROC = Path("/proc")
_ESTABLISHED = "01"
_LOOKS = 3
"""At a connection whose process isn't found. The kernel's table may skip a line while others come
and go; what is in a container is never found."""


class Peers:
    """Looks each connection's process up (about 10 ms) until it is found. Linux only; None
    elsewhere."""

    def __init__(self, proc: Path = _PROC) -> None:
        self._proc = proc
        self._of: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()
        self._missed: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()
        self._seen: list[int] = []

    async def pid(self, transport: asyncio.BaseTransport | None) -> int | None:
        """The process at the other end, or None where it can't be told."""
        if transport is None:
            return None
        while transport not in self._of and self._missed.get(transport, 0) < _LOOKS:
            ports = _ports(transport)
            found = await asyncio.to_thread(self.find, *ports) if ports else None
            if found is None:
                self._missed[transport] = self._missed.get(transport, 0) + 1
            else:
                self._of[transport] = found
        return self._of.get(transport)

    def find(self, theirs: int, ours: int) -> int | None:
        """The process at ``theirs`` of the loopback connection between these two ports.

        Its own port alone doesn't tell it: the kernel gives it out again for another destination.
        """
        inode = self._inode(theirs, ours)
        if inode is None:
            return None
        wanted = f"socket:[{inode}]"
        for pid in [*self._seen, *self._others()]:
            if self._holds(pid, wanted):
                if pid not in self._seen:
                    self._seen.append(pid)
                return pid
        return None

    def function(self, pid: int | None) -> str | None:
        """The Lambda function that the process runs, by the environment it was started with."""
        if pid is None:
            return None
        try:
            environ = (self._proc / str(pid) / "environ").read_bytes()
        except OSError:
            return None
        pairs = (pair.partition(b"=") for pair in environ.split(b"\0"))
        return next((v.decode() for k, _, v in pairs if k == b"AWS_LAMBDA_FUNCTION_NAME"), None)

    def _inode(self, theirs: int, ours: int) -> str | None:
        for table in ("tcp", "tcp6"):
            try:
                lines = (self._proc / "net" / table).read_text().splitlines()[1:]
            except OSError:
                continue
            for line in lines:
                fields = line.split()
                ports = [int(each.rpartition(":")[2], 16) for each in fields[1:3]]
                if ports == [theirs, ours] and fields[3] == _ESTABLISHED:
                    return fields[9]
        return None

    def _others(self) -> list[int]:
        try:
            pids = [int(entry) for entry in os.listdir(self._proc) if entry.isdigit()]
        except OSError:
            return []
        # A function's process is younger than most: look at those first.
        return sorted((pid for pid in pids if pid not in self._seen), reverse=True)

    def _holds(self, pid: int, wanted: str) -> bool:
        folder = self._proc / str(pid) / "fd"
        try:
            return any(_link(entry) == wanted for entry in folder.iterdir())
        except OSError:
            return False


def _link(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def _ports(transport: asyncio.BaseTransport) -> tuple[int, int] | None:
    """Theirs and ours."""
    peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    return (peer[1], own[1]) if peer and own else None
