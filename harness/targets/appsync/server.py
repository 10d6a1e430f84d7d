"""uvicorn on loopback, in a thread with a loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette

from harness.targets.appsync.errors import AppSyncError
from harness.targets.loopback import port_of, reserve

_PATIENCE = 10.0
_IDLE = 75
"""Seconds that a connection may be idle."""
_GRACE = 1
"""Whole seconds that open connections have to end."""
_LARGEST_MESSAGE = 1024 * 1024


class Server:
    """Serves one application until it is stopped.

    Args:
        port: of loopback; 0 takes a free one.
        reserved: a socket that is bound already, instead of a port.
        close: awaited on the server's own loop when it ends.
    """

    def __init__(
        self,
        application: Starlette,
        *,
        port: int,
        reserved: socket.socket | None = None,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._application = application
        self._wanted = port
        self._reserved = reserved
        self._close = close
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._server: uvicorn.Server | None = None
        self._error: BaseException | None = None
        self.port = port_of(reserved) if reserved else port

    def start(self) -> None:
        """Listen; answers when this returns.

        Raises:
            TargetError: the port is taken, or the server doesn't come up.
        """
        listener = self._reserved or reserve(self._wanted, what="the local AppSync")
        self.port = port_of(listener)
        self._server = _Announcing(_config(self._application), self._ready.set)
        self._thread = threading.Thread(
            target=self._run, args=(self._server, listener), name="appsync-front", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(_PATIENCE) or self._error is not None:
            raise AppSyncError(f"the local AppSync doesn't start: {self._error}", "See its log.")

    def stop(self) -> None:
        """End every connection and the thread. Harmless when it isn't running."""
        if self._thread is None or self._server is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._thread = None

    def _run(self, server: uvicorn.Server, listener: socket.socket) -> None:
        try:
            asyncio.run(self._serve(server, listener))
        except BaseException as error:
            self._error = error
        finally:
            listener.close()
            self._ready.set()

    async def _serve(self, server: uvicorn.Server, listener: socket.socket) -> None:
        try:
            await server.serve(sockets=[listener])
        finally:
            await self._close()


class _Announcing(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._announce()


def _config(application: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=_LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        # AppSync sends its own signs of life; it doesn't ping.
        ws_ping_interval=None,
        # Longer than clients keep an idle one: else they send on what has just been closed.
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
