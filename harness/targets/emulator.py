"""An emulator as a program of this machine: started, watched, ended with all it started."""

import re
import shutil
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import environ
from pathlib import Path

from harness.targets.base import Entered
from harness.targets.capabilities import capabilities_of
from harness.targets.endpoint import Endpoint, Progress, Python
from harness.targets.errors import TargetError
from harness.targets.ports import reserve, taken
from harness.targets.process import Group
from harness.targets.scratch import new_scratch
from harness.targets.settings import TargetSettings

_ATTEMPTS = 4
"""Ports tried: a free one may be taken before the emulator gets it."""
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass(frozen=True)
class Program:
    """What is started, and how it is known to be up."""

    emulator: str
    """Name and version, as ``measured/`` has it: ``ministack-1.5.33``."""
    command: Sequence[str | Path]
    environment: Callable[[int, Path], Mapping[str, str]]
    """From port and scratch folder to all that it is given."""
    ours: Callable[[str, Path], bool]
    """From URL and scratch folder to whether the very one that was started answers there."""
    python: Python
    patience: float
    """Seconds it has to answer."""


class EmulatorTarget(Entered):
    """An emulator in a process group of its own, on a loopback port.

    Args:
        settings: ``[targets.<name>]``.
        home: where caches are kept (``default_home``).
        user: the user's environment, for downloads alone.
        log: keep the emulator's output here; else it goes when the target stops.
    """

    name: str
    disposable = True
    shared = False

    def __init__(
        self,
        settings: TargetSettings,
        home: Path,
        *,
        user: Mapping[str, str] = environ,
        log: Path | None = None,
    ) -> None:
        self._settings = settings
        self._home = home
        self._user = user
        self._kept_log = log
        self._scratch: Path | None = None
        self._group: Group | None = None
        self._log = Path()

    @abstractmethod
    def prepare(self, progress: Progress) -> Program:
        """Install what is missing.

        Raises:
            TargetError: what can't be had, and how to get it.
        """

    def start(self, progress: Progress) -> Endpoint:
        """Install the emulator if need be, start it, and wait until it answers.

        Raises:
            TargetError: what went wrong, with the log's tail if the emulator said something.
        """
        program = self.prepare(progress)
        progress(f"starting {program.emulator}")
        self._scratch = new_scratch()
        self._log = self._kept_log or self._scratch / "emulator.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        try:
            url = self._start_on_a_port(program, self._scratch)
        except BaseException:
            self.stop()
            raise
        return Endpoint(
            target=self.name,
            url=url,
            region=self._settings.region,
            credentials=CREDENTIALS,
            python=program.python,
            capabilities=capabilities_of(program.emulator),
            log=self._log,
            emulator=program.emulator,
        )

    def stop(self) -> None:
        """End the emulator and its functions, and remove what they wrote."""
        group, self._group = self._group, None
        scratch, self._scratch = self._scratch, None
        try:
            if group is not None:
                group.end()
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)

    def alive(self) -> bool:
        """Whether the emulator still runs."""
        return self._group is not None and self._group.ended() is None

    def death(self) -> TargetError:
        """What to say when it doesn't."""
        code = self._group.ended() if self._group else None
        how = f" (exit code {code})" if code is not None else ""
        return TargetError(
            f"the emulator died{how}; the end of its log:\n{tail(self._log)}",
            "Run it again. If it dies again, see whether the machine runs out of memory, "
            "and report the log.",
        )

    def _start_on_a_port(self, program: Program, scratch: Path) -> str:
        fixed = self._settings.port
        for _ in range(_ATTEMPTS):
            port = reserve(fixed, self.name)
            self._group = Group(
                program.command,
                environment=program.environment(port, scratch),
                log=self._log,
                cwd=scratch,
            )
            url = f"http://127.0.0.1:{port}"
            if self._answers(self._group, program, url, scratch):
                return url
            lost = re.search(r"already in use", tail(self._log, 40))
            if not lost or fixed is not None:
                raise taken(port, self.name) if lost else self.death()
            self._group.end()
        raise TargetError(
            f"{_ATTEMPTS} free ports were taken by others before the emulator could have them",
            f"Try again, or choose one: [targets.{self.name}] port = … in harness.toml.",
        )

    def _answers(self, group: Group, program: Program, url: str, scratch: Path) -> bool:
        """Whether it answers in time; False as soon as it dies."""
        deadline = time.monotonic() + program.patience
        while group.ended(within=0.02) is None:
            if program.ours(url, scratch):
                return True
            if time.monotonic() > deadline:
                raise TargetError(
                    f"the emulator didn't answer on {url} within {program.patience:.0f} s; "
                    f"the end of its log:\n{tail(self._log)}",
                    "Is the machine very busy? Try again.",
                )
        return False


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, indented for a message."""
    try:
        said = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        said = ""
    return tail_of(said, lines)


def tail_of(said: str, lines: int = 12) -> str:
    """The same of what is known of it already."""
    kept = said.splitlines()[-lines:]
    return "\n".join(f"    {line[:300]}" for line in kept) or "    (it said nothing)"
