"""What the host can do to any call: break its answer, or not give one."""

import asyncio

from aiohttp import web

GENERIC = frozenset(
    ("error", "latency", "hold", "reset", "truncate", "malformed", "lose", "duplicate", "kill")
)
"""The actions that the host does for every double; all others are the double's own."""

MALFORMED = b'{"status": tru'
"""JSON that ends too soon, under an honest Content-Length."""

_LOOK = 0.02
"""Seconds between two looks whether the caller is still there."""
LONGEST_HOLD = 60.0
"""Seconds; no caller should wait that long."""


def gone(request: web.Request) -> bool:
    """Whether the caller has closed the connection."""
    return request.transport is None or request.transport.is_closing()


async def hold(request: web.Request, seconds: float | None) -> None:
    """Say nothing until the caller gives up, at most ``seconds``."""
    end = asyncio.get_running_loop().time() + (seconds or LONGEST_HOLD)
    while not gone(request) and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(_LOOK)


async def truncate(
    request: web.Request, status: int, headers: dict[str, str], body: bytes
) -> web.StreamResponse:
    """Announce the whole body, send half of it, close."""
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
