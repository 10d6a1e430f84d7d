"""The websocket under a connection: handshake, a writer, keep-alives."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from harness.sdl import jsontext
from harness.targets.appsync.errors import Refused
from harness.targets.appsync.realtime import messages
from harness.targets.appsync.realtime.connection import Connection, Services
from harness.targets.appsync.realtime.handshake import SUBPROTOCOL, credentials_of
from harness.targets.appsync.realtime.messages import Message

_BACKLOG = 10_000
"""Messages that a client may leave unread before it is cut off."""
_REFUSED = 4401
_TOO_SLOW = 1013


@dataclass
class RealtimeDoor:
    """Serves realtime connections.

    ``keep_alive`` is the seconds between two signs of life.
    """

    services: Services
    keep_alive: float = 60.0

    async def __call__(self, socket: WebSocket) -> None:
        """One connection, from handshake to end."""
        offered = socket.scope.get("subprotocols") or []
        if SUBPROTOCOL not in offered:
            refusal = Refused(400, "BadRequestException", f"Subprotocol must be {SUBPROTOCOL}.")
            await socket.send_denial_response(JSONResponse(refusal.body(), refusal.status))
            return
        ip = socket.client.host if socket.client else "127.0.0.1"
        refused: Refused | None = None
        try:
            query = socket.scope["query_string"].decode("latin-1")
            credentials = credentials_of(query, offered, source_ip=ip)
            await self.services.door.admit(credentials)
        except Refused as refusal:
            refused = refusal
        await socket.accept(SUBPROTOCOL)
        with suppress(WebSocketDisconnect, RuntimeError):
            if refused is not None:
                await _turn_away(socket, refused)
            else:
                await self._serve(socket, ip)

    async def _serve(self, socket: WebSocket, ip: str) -> None:
        outbox: asyncio.Queue[Message] = asyncio.Queue(_BACKLOG)
        slow = asyncio.Event()

        def send(message: Message) -> None:
            try:
                outbox.put_nowait(message)
            except asyncio.QueueFull:
                slow.set()

        connection = Connection(self.services, send, ip)
        work = [
            asyncio.ensure_future(_hear(socket, connection)),
            asyncio.ensure_future(_write(socket, outbox, self.keep_alive)),
            asyncio.ensure_future(slow.wait()),
        ]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await connection.close()
        if slow.is_set():
            await socket.close(_TOO_SLOW)


async def _hear(socket: WebSocket, connection: Connection) -> None:
    async for text in socket.iter_text():
        connection.hear(text)


async def _write(socket: WebSocket, outbox: asyncio.Queue[Message], keep_alive: float) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time() + keep_alive
    while True:
        try:
            async with asyncio.timeout_at(due):
                message = await outbox.get()
        except TimeoutError:
            message = messages.KEEP_ALIVE
            due = loop.time() + keep_alive
        await socket.send_text(jsontext.dumps(message))


async def _turn_away(socket: WebSocket, refusal: Refused) -> None:
    # Clients of this protocol ask before they listen: what comes earlier is lost to them.
    await socket.receive_text()
    await socket.send_text(jsontext.dumps(messages.refused(refusal)))
    await socket.close(_REFUSED)
