"""The embedded target: an emulator on this machine, without Docker or an account."""

import platform
import sys
from pathlib import Path

from harness.targets import ministack
from harness.targets.answering import ask
from harness.targets.emulator import EmulatorTarget, Program
from harness.targets.endpoint import Progress, Python
from harness.targets.errors import TargetError

_PATIENCE = 30.0
"""Seconds it has to answer; it needs one."""


class EmbeddedTarget(EmulatorTarget):
    """MiniStack in an environment and process group of its own, on a loopback port."""

    name = "embedded"

    def prepare(self, progress: Progress) -> Program:
        """Make its environment, once."""
        _check_machine()
        made = ministack.environment_of(self._home, self._user, progress)
        return Program(
            emulator=ministack.EMULATOR,
            command=ministack.command(made),
            environment=lambda port, scratch: ministack.clean_environment(
                made, port=port, region=self._settings.region, scratch=scratch
            ),
            ours=_ours,
            python=Python(
                version=f"{sys.version_info.major}.{sys.version_info.minor}",
                platform="",
                executable=ministack.python_of(made),
                reads_our_files=True,
            ),
            patience=_PATIENCE,
        )


def _ours(url: str, scratch: Path) -> bool:
    said = ask(f"{url}/_ministack/health")
    return said is not None and said.get("edition") == scratch.name


def _check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody may run it from a checkout)
        raise TargetError(
            f"Python {platform.python_version()} is too old", "Use a Python from 3.11 on."
        )
