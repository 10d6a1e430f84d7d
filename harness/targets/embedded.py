"""The embedded target: an emulator on this machine, without Docker or an account."""

import http.client
import json
import platform
import re
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from os import environ
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.targets import ministack
from harness.targets.capabilities import capabilities_of
from harness.targets.endpoint import Endpoint, Progress, Python
from harness.targets.errors import TargetError
from harness.targets.process import Group
from harness.targets.scratch import new_scratch
from harness.targets.settings import TargetSettings

_PATIENCE = 30.0
"""Seconds the emulator has to answer; it needs one."""
_ATTEMPTS = 4
"""Ports tried: a free one may be taken before the emulator gets it."""
_CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


class EmbeddedTarget:
    """MiniStack in an environment and process group of its own, on a loopback port.

    Args:
        settings: ``[targets.embedded]``.
        home: where caches are kept (``default_home``).
        user: the user's environment, for downloads alone.
        log: keep the emulator's output here; else it goes when the target stops.
    """

    name = "embedded"
    disposable = True

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

    def start(self, progress: Progress) -> Endpoint:
        """Install the emulator if need be, start it, and wait until it answers.

        Raises:
            TargetError: what went wrong, with the log's tail if the emulator said something.
        """
        _check_machine()
        made = ministack.environment_of(self._home, self._user, progress)
        progress(f"starting {ministack.EMULATOR}")
        self._scratch = new_scratch()
        self._log = self._kept_log or self._scratch / "emulator.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        try:
            url = self._start_on_a_port(made)
        except BaseException:
            self.stop()
            raise
        return Endpoint(
            target=self.name,
            url=url,
            region=self._settings.region,
            credentials=_CREDENTIALS,
            python=Python(
                version=f"{sys.version_info.major}.{sys.version_info.minor}",
                platform="",
                executable=ministack.python_of(made),
                reads_our_files=True,
            ),
            capabilities=capabilities_of(ministack.EMULATOR),
            log=self._log,
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_on_a_port(self, made: Path) -> str:
        assert self._scratch is not None  # noqa: S101 (start made it)
        fixed = self._settings.port
        for _ in range(_ATTEMPTS):
            port = _reserve(fixed)
            self._group = Group(
                ministack.command(made),
                environment=ministack.clean_environment(
                    made, port=port, region=self._settings.region, scratch=self._scratch
                ),
                log=self._log,
                cwd=self._scratch,
            )
            url = f"http://127.0.0.1:{port}"
            if self._answers(url):
                return url
            taken = re.search(r"already in use", tail(self._log, 40))
            if not taken or fixed is not None:
                raise _port_taken(port) if taken else self.death()
            self._group.end()
        raise TargetError(
            f"{_ATTEMPTS} free ports were taken by others before the emulator could have them",
            "Try again, or choose one: [targets.embedded] port = … in harness.toml.",
        )

    def _name_of_ours(self) -> str:
        return self._scratch.name if self._scratch else ""

    def _answers(self, url: str) -> bool:
        """Whether it answers in time; False as soon as it dies."""
        assert self._group is not None  # noqa: S101 (just made)
        deadline = time.monotonic() + _PATIENCE
        while self._group.ended(within=0.02) is None:
            if _healthy(url, self._name_of_ours()):
                return True
            if time.monotonic() > deadline:
                raise TargetError(
                    f"the emulator didn't answer on {url} within {_PATIENCE:.0f} s; "
                    f"the end of its log:\n{tail(self._log)}",
                    "Is the machine very busy? Try again.",
                )
        return False


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, indented for a message."""
    try:
        kept = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        kept = []
    return "\n".join(f"    {line[:300]}" for line in kept) or "    (it said nothing)"


def _healthy(url: str, edition: str) -> bool:
    """Whether an emulator answers there, and it is the one that was given this name."""
    # Straight to loopback, whatever proxy the user has.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/_ministack/health", timeout=2) as answer:
            return bool(json.loads(answer.read()).get("edition") == edition)
    except (urllib.error.URLError, OSError, http.client.HTTPException, ValueError):
        return False


def _reserve(fixed: int | None) -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", fixed or 0))
        except OSError:
            raise _port_taken(fixed or 0) from None
        return int(probe.getsockname()[1])


def _port_taken(port: int) -> TargetError:
    return TargetError(
        f"port {port} on 127.0.0.1 is taken by another program",
        "Leave out [targets.embedded] port in harness.toml to get a free one, or choose another.",
    )


def _check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody may run it from a checkout)
        raise TargetError(
            f"Python {platform.python_version()} is too old", "Use a Python from 3.11 on."
        )
