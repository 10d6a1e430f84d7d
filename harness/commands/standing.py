"""A stage that ``up`` keeps, and its lending to another process.

``up`` listens on a socket in the project's ``.stageproof`` folder. Whoever connects is told where
the emulator answers and has it alone until it hangs up: meanwhile ``up`` has stopped its doubles
and feeds, so that two histories never mix. A borrower that dies hangs up, too.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from harness.model import HarnessError
from harness.targets import Endpoint

_ENDPOINT = TypeAdapter(Endpoint)
_SECONDS = 60.0
"""How long a borrower waits for ``up`` to let go: it may be in the middle of a deploy."""


def door(root: Path) -> Path:
    """Where ``up`` listens."""
    return root / ".stageproof" / "up.sock"


@contextmanager
def borrowed(root: Path) -> Iterator[Endpoint]:
    """Have the standing stage alone, until the end of the block.

    Raises:
        HarnessError: nobody keeps one here.
    """
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(_SECONDS)
        try:
            peer.connect(str(door(root)))
            peer.sendall(b"borrow\n")
            answer = peer.makefile("rb").readline()
        except OSError as error:
            raise HarnessError(
                f"no stage stands here ({error})", "Start one in another terminal: stageproof up."
            ) from None
        if not answer:
            raise HarnessError("the standing stage was just taken down", "Start it: stageproof up.")
        yield _ENDPOINT.validate_json(answer)


def ask_down(root: Path) -> None:
    """Tell ``up`` to end, and wait until it has.

    Raises:
        HarnessError: nobody keeps a stage here.
    """
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(_SECONDS)
        try:
            peer.connect(str(door(root)))
            peer.sendall(b"down\n")
            peer.recv(1)
        except OSError as error:
            raise HarnessError(
                f"no stage stands here ({error})", "There is nothing to do."
            ) from None


class Doorkeeper:
    """The socket of ``up``: who wants what of the standing stage."""

    def __init__(self, root: Path) -> None:
        path = door(root)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._refuse_a_second()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def wait(self) -> tuple[str, socket.socket]:
        """Block until somebody comes; gives the wish (``borrow`` or ``down``) and the peer."""
        peer, _ = self._socket.accept()
        return peer.makefile("r").readline().strip(), peer

    def lend(self, peer: socket.socket, endpoint: Endpoint) -> None:
        """Hand the stage over and block until the borrower hangs up."""
        peer.sendall(_ENDPOINT.dump_json(endpoint) + b"\n")
        with peer:
            while peer.recv(1024):
                pass

    def _refuse_a_second(self) -> None:
        with socket.socket(socket.AF_UNIX) as peer:
            try:
                peer.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)  # left by one that was killed
                return
        raise HarnessError(
            "a stage already stands here", "Use it (stageproof verify --up), or: stageproof down."
        )
