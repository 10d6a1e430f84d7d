"""How whoever hosts a call ends its connection or its caller."""

import asyncio
import os
import signal
import socket
import struct

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: on, no seconds."""


def reset(transport: asyncio.BaseTransport) -> None:
    """End a connection by RST, as a crashed proxy does: the caller sees it break, not close.

    A caller that has hung up meanwhile needs no breaking.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def kill(pid: int | None, function: str | None) -> bool:
    """Kill the calling function's process; never one that isn't known to be a function's."""
    if pid is None or function is None or pid == os.getpid():
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True
