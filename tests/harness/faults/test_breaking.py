"""How a connection is broken."""

import asyncio
import socket

from harness.faults import reset


def test_breaking_a_connection_that_is_gone_already_is_harmless() -> None:
    async def broken() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        transport, _ = await asyncio.get_running_loop().create_connection(
            asyncio.Protocol, sock=ours
        )
        with theirs:
            reset(transport)
            while transport.get_extra_info("socket").fileno() >= 0:
                await asyncio.sleep(0)
            reset(transport)

    asyncio.run(broken())
