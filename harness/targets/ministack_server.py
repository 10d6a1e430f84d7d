"""Runs MiniStack on uvicorn, and not on the server that it brings: an answer costs half as much.

Runs as a script on the emulator's Python. MiniStack's own start does all the rest.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import hypercorn.asyncio
import uvicorn
from hypercorn.config import Config


class _Server(uvicorn.Server):
    """Leaves signals to MiniStack."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


async def serve(application: Any, config: Config) -> None:
    """Serve as hypercorn would with this configuration, over plain HTTP/1.1."""
    (address,) = config.bind
    host, _, port = address.rpartition(":")
    served = uvicorn.Config(
        application,
        host=host,
        port=int(port),
        loop="asyncio",
        http="httptools",
        ws="wsproto",
        timeout_keep_alive=int(config.keep_alive_timeout),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        # MiniStack adds what AWS sends.
        server_header=False,
        date_header=False,
    )
    await _Server(served).serve()


if __name__ == "__main__":
    del sys.path[0]  # this folder: a neighbour of this script is called ministack, too
    hypercorn.asyncio.serve = serve  # before MiniStack looks for it

    from ministack.app import main

    main()
