"""Loopback ports that are known before anything is served there."""

import socket

from harness.targets.errors import TargetError

HOST = "127.0.0.1"


def reserve(port: int = 0, *, what: str) -> socket.socket:
    """A socket bound to this port of loopback, any free one by default; it doesn't listen yet.

    Whoever connects before it does is refused, and nobody else can have the port meanwhile.

    Raises:
        TargetError: the port is taken; ``what`` says who wanted it.
    """
    # asyncio turns Nagle's delay (40 ms an answer) off only where TCP is named.
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((HOST, port))
    except OSError as error:
        reserved.close()
        raise TargetError(
            f"{what} can't listen on {HOST}:{port}: {error.strerror}",
            "Give it another port, or none to take a free one.",
        ) from None
    return reserved


def port_of(reserved: socket.socket) -> int:
    """The port that it is bound to."""
    return int(reserved.getsockname()[1])
