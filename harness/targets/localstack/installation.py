"""LocalStack's own environment, the functions' Python and the executor: each made once."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.targets.cache import made_once
from harness.targets.endpoint import Progress
from harness.targets.localstack.pythons import Found, find_python
from harness.targets.localstack.shipped import EMULATOR, VERSION, pins, shipped
from harness.targets.uv import Uv

_READY = "ready"
_LEAST = "3.12"
"""The oldest Python that the executor may meet."""
_NOT_SOURCE = ("__pycache__", "dist", "build")


@dataclass(frozen=True)
class Installation:
    """Where things are."""

    python: Path
    """The interpreter that runs LocalStack."""
    functions: Path
    """The one that functions run on: AWS's runtime client and boto3, nothing else."""
    executor: Path
    """A folder for ``PYTHONPATH``."""
    version: str
    """Of both Pythons, major and minor."""


def installation_of(home: Path, user: Mapping[str, str], progress: Progress) -> Installation:
    """Make what is missing; downloading needs the user's environment.

    Raises:
        TargetError: no Python, no uv, no network.
    """
    base = find_python(user)
    made = _environments(home, user, progress, base)
    return Installation(
        python=made / "emulator" / "bin" / "python",
        functions=made / "functions" / "bin" / "python",
        executor=executor_of(home, user, progress),
        version=base.short,
    )


def is_ready(home: Path, base: Found) -> bool:
    """Whether it is installed already."""
    return (_place(home, base) / _READY).exists()


def _environments(home: Path, user: Mapping[str, str], progress: Progress, base: Found) -> Path:
    def make(partial: Path) -> None:
        progress(f"installing LocalStack {VERSION} (once; 160 MB to fetch, 500 MB on disk)")
        uv = Uv.find(user)
        _environment(uv, partial / "emulator", base, ["--no-deps", "--requirements", pins()])
        progress("installing the functions' Python (once; 15 MB to fetch)")
        _environment(
            uv, partial / "functions", base, ["awslambdaric", "boto3", "--constraints", pins()]
        )
        (partial / _READY).touch()

    return made_once(
        _place(home, base),
        make,
        progress=progress,
        # A base Python that was removed since leaves a dangling link: then it is made again.
        whole=lambda p: (p / _READY).exists() and (p / "emulator" / "bin" / "python").exists(),
    )


def _environment(uv: Uv, path: Path, base: Found, wanted: list[str | Path]) -> None:
    uv.run(
        ["venv", "--python", base.path, "--relocatable", path],
        doing="make the emulator's environment",
    )
    # Three of the pins come as source alone; they are plain Python.
    uv.run(
        ["pip", "install", "--python", path / "bin" / "python", *wanted],
        doing=f"install {EMULATOR}",
    )


def libraries_for_container(
    home: Path, user: Mapping[str, str], progress: Progress, *, python: str, platform: str
) -> Path:
    """What functions in a container have besides their own: AWS's runtime client and boto3.

    Raises:
        TargetError: no uv, no network.
    """

    def make(partial: Path) -> None:
        progress("fetching the functions' runtime (once; 15 MB)")
        Uv.find(user).run(
            ["pip", "install", "--target", partial, "--python-version", python,
             "--python-platform", platform, "--only-binary", ":all:", "--link-mode", "copy",
             "awslambdaric", "boto3", "--constraints", pins()],
            doing="fetch the functions' runtime",
        )  # fmt: skip

    return made_once(
        home / "emulators" / f"functions-{EMULATOR}-py{python}-{platform}", make, progress=progress
    )


def executor_of(home: Path, user: Mapping[str, str], progress: Progress) -> Path:
    """The executor, in a folder for ``PYTHONPATH``; plain Python, whatever version runs it.

    Raises:
        TargetError: no uv, no network.
    """
    source = shipped("executor")

    def make(partial: Path) -> None:
        progress("installing the executor of functions")
        Uv.find(user).run(
            [
                "pip",
                "install",
                "--python-version",
                "3.12",
                "--no-deps",
                "--target",
                partial,
                source,
            ],
            doing="install the executor of functions",
        )

    path = home / "emulators" / f"process-executor-{_digest(source)}"
    return made_once(path, make, progress=progress)


def _place(home: Path, base: Found) -> Path:
    content = hashlib.sha256(
        b"\0".join([str(base.path).encode(), base.version.encode(), pins().read_bytes()])
    )
    name = f"{EMULATOR}-py{base.short}-{platform.machine()}-{content.hexdigest()[:8]}"
    return home / "emulators" / name


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not set(path.parts) & set(_NOT_SOURCE):
            whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]
