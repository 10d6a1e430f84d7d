"""What both doors share: connections on the harness's loop, and how a call is found in the logs."""

import asyncio
import re

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from harness.recorder import Recorder


class Connections:
    """One client's connections; made when they are first wanted, on ``loop``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._session: ClientSession | None = None

    def get(self) -> ClientSession:
        """To be asked for on the loop."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=0), timeout=ClientTimeout(total=self._seconds)
            )
        return self._session

    def close(self) -> None:
        """Close them, from any other thread."""
        if self._session is not None:
            asyncio.run_coroutine_threadsafe(self._session.close(), self.loop).result()
            self._session = None


class Correlation:
    """Gives each call of a history an id that a server may log."""

    def __init__(self, recorder: Recorder) -> None:
        # Servers bound and filter such a header: letters, digits, dashes, not too long.
        self._run = re.sub(r"[^A-Za-z0-9-]", "-", recorder.header.run or "run")[:40]

    def of(self, call: int) -> str:
        """The id of a call."""
        return f"{self._run}-{call:06d}"
