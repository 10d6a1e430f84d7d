"""MiniStack: its environment, made once, and how it is started."""

import hashlib
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.targets import nursery
from harness.targets.cache import made_once
from harness.targets.endpoint import Progress
from harness.targets.uv import Uv

VERSION = "1.5.33"
EMULATOR = f"ministack-{VERSION}"
_SERVER = ("uvicorn==0.54.0", "httptools==0.9.0")
"""What it is served by (``ministack_server.py``)."""
_PROGRAM = Path(__file__).with_name("ministack_server.py")
_READY = "ready"


def environment_of(
    home: Path, user: Mapping[str, str], progress: Progress, *, python: str = sys.executable
) -> Path:
    """The folder of MiniStack's own virtual environment.

    Its pins clash with the harness's, and with anything less than its exact version pip picks an
    older one that doesn't run authorizers. Downloading needs the user's environment.

    Raises:
        TargetError: no uv, no network, no wheel for this Python.
    """
    path = home / "emulators" / f"{EMULATOR}-{_this_python(python)}"

    def make(partial: Path) -> None:
        progress(f"installing {EMULATOR} (once)")
        uv = Uv.find(user)
        uv.run(
            ["venv", "--python", python, "--relocatable", "--allow-existing", partial],
            doing="make the emulator's environment",
        )
        uv.run(
            ["pip", "install", "--python", partial / "bin" / "python", "--compile-bytecode",
             "--only-binary", ":all:", f"ministack[full]=={VERSION}", *_SERVER],
            doing=f"install {EMULATOR}",
        )  # fmt: skip
        (partial / _READY).touch()

    # A base Python that was removed since leaves a dangling link: then it is made again.
    return made_once(
        path,
        make,
        progress=progress,
        whole=lambda p: (p / _READY).exists() and (p / "bin" / "python").exists(),
    )


def is_ready(home: Path, *, python: str = sys.executable) -> bool:
    """Whether it is installed already."""
    return (home / "emulators" / f"{EMULATOR}-{_this_python(python)}" / _READY).exists()


def python_of(environment: Path) -> Path:
    """The interpreter that runs the emulator and its functions."""
    return environment / "bin" / "python"


def command(environment: Path) -> list[str | Path]:
    """What starts it."""
    return nursery.started(python_of(environment), _PROGRAM)


def clean_environment(
    environment: Path, *, port: int, region: str, scratch: Path
) -> dict[str, str]:
    """All that it is given: it hands everything on to each function."""
    return {
        "PATH": f"{environment / 'bin'}:/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        # What /health calls its edition: how we know that it is ours that answers.
        "MINISTACK_EDITION": scratch.name,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # Docker, if there is one, must not be asked to run functions.
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": "unix:///nonexistent",
    }


def _this_python(python: str) -> str:
    base = getattr(sys, "_base_executable", None) or python
    made_of = "\0".join((base, sys.version, *_SERVER))
    where = hashlib.sha256(made_of.encode()).hexdigest()[:8]
    return f"py{sys.version_info.major}.{sys.version_info.minor}-{platform.machine()}-{where}"
