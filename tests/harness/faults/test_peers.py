"""Which process is at the other end of a connection."""

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.faults import Peers


def test_a_port_that_nobody_holds_is_nobodys(tmp_path: Path) -> None:
    assert Peers().find(1, 2) is None
    assert Peers(tmp_path).find(1, 2) is None
    assert Peers(tmp_path).function(1) is None


class _Skipping(Peers):
    """The kernel's table skips the line as often as it is told to."""

    def __init__(self, skipped: int) -> None:
        super().__init__()
        self.skipped = skipped
        self.looks = 0

    def find(self, theirs: int, ours: int) -> int | None:
        self.looks += 1
        return None if self.looks <= self.skipped else super().find(theirs, ours)


async def _asked(peers: Peers, times: int) -> list[int | None]:
    """Who is at the other end of a connection that this process opened itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        opened = socket.create_connection(listener.getsockname())
        accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
    transport, _ = await asyncio.get_running_loop().create_connection(
        asyncio.Protocol, sock=accepted
    )
    with opened:
        found = [await peers.pid(transport) for _ in range(times)]
        transport.close()
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_a_process_that_was_missed_once_is_found_and_never_looked_up_again() -> None:
    peers = _Skipping(1)
    assert asyncio.run(_asked(peers, 3)) == [os.getpid()] * 3
    assert peers.looks == 2


def test_a_process_that_nobody_finds_is_given_up() -> None:
    peers = _Skipping(100)
    assert asyncio.run(_asked(peers, 5)) == [None] * 5
    assert peers.looks < 5


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_two_callers_from_one_port_are_told_apart_by_where_they_call() -> None:
    with ExitStack() as held:
        doors = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        here = held.enter_context(socket.socket())
        here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        here.bind(("127.0.0.1", 0))
        here.connect(doors[0].getsockname())
        port = here.getsockname()[1]
        # Another process, from the same port to the other door.
        child = subprocess.Popen(
            [sys.executable, "-c", _CALL, str(port), str(doors[1].getsockname()[1])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        held.callback(child.communicate)
        assert child.stdout is not None
        assert child.stdout.readline() == b"called\n"
        found = [Peers().find(port, door.getsockname()[1]) for door in doors]
        assert found == [os.getpid(), child.pid]


_CALL = """
import socket, sys
caller = socket.socket()
caller.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
caller.bind(("127.0.0.1", int(sys.argv[1])))
caller.connect(("127.0.0.1", int(sys.argv[2])))
print("called", flush=True)
sys.stdin.read()
"""
