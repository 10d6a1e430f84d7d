"""Which process is at the other end of a connection."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from harness.faults import Peers


def test_a_port_that_nobody_holds_is_nobodys(tmp_path: Path) -> None:
    assert Peers().find(1) is None
    assert Peers(tmp_path).find(1) is None
    assert Peers(tmp_path).function(1) is None


class _Skipping(Peers):
    """The kernel's table skips the line as often as it is told to."""

    def __init__(self, skipped: int) -> None:
        super().__init__()
        self.skipped = skipped
        self.looks = 0

    def find(self, port: int) -> int | None:
        self.looks += 1
        return None if self.looks <= self.skipped else super().find(port)


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
