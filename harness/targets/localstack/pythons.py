"""A Python that LocalStack runs on: this one, uv's, pyenv's or the system's."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.targets.errors import TargetError
from harness.targets.uv import Uv

WANTED = ((3, 13), (3, 12))
"""In this order: the pins were tried on 3.13."""
MEND = (
    "Install one beside yours (Debian 13: apt-get install python3.13 python3.13-venv; else: "
    "uv python install 3.13, or pyenv install 3.13) and try again."
)
_ASK = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


@dataclass(frozen=True)
class Found:
    """An interpreter that was asked for its version."""

    path: Path
    version: str
    """All three numbers."""

    @property
    def short(self) -> str:
        """Major and minor."""
        return ".".join(self.version.split(".")[:2])


def find_python(user: Mapping[str, str]) -> Found:
    """The best that is here.

    Raises:
        TargetError: there is none.
    """
    for major, minor in WANTED:
        for candidate in _candidates(f"{major}.{minor}", user):
            version = _version_of(candidate)
            if version is not None and version.startswith(f"{major}.{minor}."):
                return Found(candidate, version)
    raise TargetError("LocalStack needs Python 3.12 or 3.13, and none is here", MEND)


def _candidates(version: str, user: Mapping[str, str]) -> Iterator[Path]:
    yield Path(getattr(sys, "_base_executable", None) or sys.executable)
    for folder in user.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder) / f"python{version}"
    root = Path(user.get("PYENV_ROOT") or Path(user.get("HOME") or Path.home()) / ".pyenv")
    patches = sorted((root / "versions").glob(f"{version}*"), key=_patch, reverse=True)
    yield from (p / "bin" / "python" for p in patches)
    try:
        yield Path(Uv.find(user).run(
            ["python", "find", version, "--no-python-downloads"], doing="look for a Python"
        ).strip())  # fmt: skip
    except TargetError:
        return


def _patch(path: Path) -> list[int]:
    return [int(x) for x in re.findall(r"\d+", path.name)]


def _version_of(candidate: Path) -> str | None:
    """What it says of itself: pyenv's shims are there whether the version is chosen or not."""
    if not candidate.is_file():
        return None
    asked = subprocess.run(  # noqa: S603 (an interpreter)
        [candidate, "-I", "-c", _ASK],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return asked.stdout.strip() if asked.returncode == 0 else None
