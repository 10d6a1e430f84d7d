"""Locust as a process: started with a line to us, ended with us."""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from harness.load.errors import LoadError
from harness.targets.process import Group

_LINES = 12
"""Of its log, where it says why it ended."""
_VARIABLE = "STAGEPROOF_LOAD"
"""As in ``line``, which can't be imported here."""


def check_installed() -> None:
    """See that Locust is there, before a stage is brought up for it.

    Raises:
        LoadError: it isn't.
    """
    if importlib.util.find_spec("locust") is None:
        raise LoadError(
            "Locust is not installed",
            "Install the extra: pip install 'stageproof[load]', or in a clone: nox -s load.",
        )


@dataclass(frozen=True)
class Asked:
    """How Locust is run."""

    file: Path
    """The application's locustfile."""
    root: Path
    """The application's folder, which its modules are imported from."""
    users: int
    rate: float
    """Users that begin in a second."""
    folder: Path
    """For its log and its report."""
    port: int | None = None
    """Of its page on 127.0.0.1; without one there is none."""


class Locust:
    """A desk has to be open on its ``socket`` before it starts; it ends with the block."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._place = Path(tempfile.mkdtemp(prefix="stageproof-"))
        self.socket = self._place / "line"
        self.log = asked.folder / "locust.log"
        self._group: Group | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        try:
            if self._group is not None:
                self._group.end()
        finally:
            shutil.rmtree(self._place, ignore_errors=True)

    def start(self, host: str) -> None:
        """Begin; ``host`` is what its page and its report name as tested."""
        self._group = Group(
            [*command(self._asked), "--host", host],
            environment=environment(os.environ, self.socket, self._asked.root),
            log=self.log,
            cwd=self._place,  # a locust.conf or pyproject.toml of the application's is not for us
        )

    def ended(self, within: float = 0.0) -> bool:
        """Whether it is over, after so many seconds at most.

        Raises:
            LoadError: by a mistake; with the end of what it said.
        """
        code = self._group.ended(within) if self._group is not None else None
        if code is None:
            return False
        if code != 0:
            raise LoadError(
                f"Locust ended with {code}:\n{self.said()}",
                f"Mend what it names; all it said is in {self.log}.",
            )
        return True

    def said(self) -> str:
        """The end of its log."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"  {line}" for line in lines[-_LINES:])


def command(asked: Asked) -> list[str]:
    """Its command line."""
    shown = ["--headless"] if asked.port is None else [
        "--autostart", "--web-host", "127.0.0.1", "--web-port", str(asked.port)
    ]  # fmt: skip
    return [
        sys.executable, "-m", "locust", "--locustfile", str(asked.file), *shown,
        "--users", str(asked.users), "--spawn-rate", f"{asked.rate:g}",
        "--only-summary", "--exit-code-on-error", "0", "--loglevel", "WARNING",
        "--html", str(asked.folder / "locust.html"),
    ]  # fmt: skip


def environment(ours: Mapping[str, str], socket: Path, root: Path) -> dict[str, str]:
    """Our own, without what would configure Locust behind our back or put a proxy in between."""
    kept = {
        name: value
        for name, value in ours.items()
        if not name.startswith("LOCUST_") and not name.lower().endswith("_proxy")
    }
    paths = filter(None, [str(root), ours.get("PYTHONPATH")])
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), _VARIABLE: str(socket)}
