"""Loopback ports."""

import socket

from harness.targets.errors import TargetError


def reserve(fixed: int | None, target: str) -> int:
    """A loopback port that was free a moment ago: this one, or any.

    Raises:
        TargetError: the one that was asked for is taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", fixed or 0))
        except OSError:
            raise taken(fixed or 0, target) from None
        return int(probe.getsockname()[1])


def taken(port: int, target: str) -> TargetError:
    """What to say of a port that somebody else has."""
    return TargetError(
        f"port {port} on 127.0.0.1 is taken by another program",
        f"Leave out [targets.{target}] port in harness.toml to get a free one, or choose another.",
    )
