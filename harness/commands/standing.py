"""A stage that ``up`` keeps, and its lending to another process.

``up`` listens on a socket in the project's ``.stageproof`` folder. Whoever connects is told where
the emulator answers and has it alone until it hangs up: meanwhile ``up`` has stopped its doubles
and feeds, so that two histories never mix. A borrower that dies hangs up, too.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from harness.commands.home import home
from harness.model import HarnessError
from harness.targets import Endpoint

_ENDPOINT = TypeAdapter(Endpoint)
_SECONDS = 60.0
"""How long a borrower waits for ``up`` to let go: it may be in the middle of a deploy."""
_LOOK = 1.0
"""Seconds between two looks at the stage while nobody comes."""
_LONGEST = 100
"""Bytes that the address of a socket may have: Linux takes 107, others a little less."""
_WISHES = ("borrow", "down")


def door(root: Path) -> Path:
    """Where ``up`` listens."""
    return root / ".stageproof" / "up.sock"


@contextmanager
def borrowed(root: Path) -> Iterator[Endpoint]:
    """Have the standing stage alone, until the end of the block.

    Raises:
        HarnessError: nobody keeps one here, or somebody else has it.
    """
    with _asked(root, "borrow", "Start one in another terminal: stageproof up.") as peer:
        answer = _answer(peer)
        if not answer:
            raise HarnessError("the standing stage was just taken down", "Start it: stageproof up.")
        yield _ENDPOINT.validate_json(answer)


def ask_down(root: Path) -> None:
    """Tell ``up`` to end, and wait until it has.

    Raises:
        HarnessError: nobody keeps a stage here, or it is in use.
    """
    with _asked(root, "down", "There is nothing to do.") as peer:
        _answer(peer)


def latest_outputs(root: Path) -> dict[str, str]:
    """The outputs of the stage that ``up`` keeps, as it wrote them down when it came up.

    Raises:
        HarnessError: nobody keeps one here.
    """
    with socket.socket(socket.AF_UNIX) as peer:
        try:
            with _address(door(root)) as address:
                peer.connect(address)
        except OSError as error:
            raise HarnessError(
                f"no stage stands here ({error})", "Start one in another terminal: stageproof up."
            ) from None
    sheets = sorted((home(root) / "up").glob("*/stage-*.json"))
    return dict(json.loads(sheets[-1].read_text(encoding="utf-8"))["outputs"]) if sheets else {}


@contextmanager
def _asked(root: Path, wish: str, else_do: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(_SECONDS)
        try:
            with _address(door(root)) as address:
                peer.connect(address)
            peer.sendall(f"{wish}\n".encode())
        except OSError as error:
            raise HarnessError(f"no stage stands here ({error})", else_do) from None
        yield peer


def _answer(peer: socket.socket) -> bytes:
    """What ``up`` says before it hangs up; nothing when it ends."""
    try:
        return peer.makefile("rb").readline()
    except TimeoutError:
        raise HarnessError(
            f"the standing stage was in use for {_SECONDS:.0f} s, by another run or by its deploy",
            "Look at the terminal where stageproof up runs, and try again when it is free.",
        ) from None
    except OSError:
        return b""


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """A name for a socket that is short enough, however deep in the tree it lies."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Doorkeeper:
    """The socket of ``up``: who wants what of the standing stage."""

    def __init__(self, root: Path) -> None:
        home(root)
        path = door(root)
        self._path = path
        self._refuse_a_second()
        self._socket = socket.socket(socket.AF_UNIX)
        with _address(path) as address:
            self._socket.bind(address)
        path.chmod(0o600)
        self._socket.listen(1)
        self._socket.settimeout(_LOOK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def wait(self, look: Callable[[], None]) -> tuple[str, socket.socket]:
        """Block until somebody comes; gives the wish (``borrow`` or ``down``) and the peer.

        ``look`` is called now and then meanwhile; what it raises ends the waiting.
        """
        while True:
            look()
            with suppress(OSError):  # nobody yet, or somebody who went away before saying a word
                peer, _ = self._socket.accept()
                peer.settimeout(_LOOK)
                wish = peer.makefile("r").readline().strip()
                if wish in _WISHES:
                    peer.settimeout(None)
                    return wish, peer
                peer.close()

    def lend(self, peer: socket.socket, endpoint: Endpoint) -> None:
        """Hand the stage over and block until the borrower hangs up."""
        with peer, suppress(OSError):  # a borrower that was killed has hung up, too
            peer.sendall(_ENDPOINT.dump_json(endpoint) + b"\n")
            while peer.recv(1024):
                pass

    def _refuse_a_second(self) -> None:
        with socket.socket(socket.AF_UNIX) as peer:
            try:
                with _address(self._path) as address:
                    peer.connect(address)
            except OSError:
                self._path.unlink(missing_ok=True)  # left by one that was killed
                return
        raise HarnessError(
            "a stage already stands here", "Use it (stageproof verify --up), or: stageproof down."
        )
