"""uv, which makes environments and layers; its failures told in a person's words."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.targets.errors import TargetError

_NETWORK = re.compile(
    r"dns error|failed to lookup address|error sending request|Connection refused|tunnel error"
    r"|operation timed out|connection reset|network is unreachable"
    r"|network was disabled|not found in the cache",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r"UnknownIssuer|certificate|invalid peer", re.IGNORECASE)
_PYTHON = re.compile(r"No interpreter found|does not satisfy Python|Python interpreter", re.I)
_WHEEL = re.compile(
    r"no wheels with a matching|has no usable wheels|no binary distribution|"
    r"building from source is disabled",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    r"Wheels are required for `([\w.\-]+)`|Because (?:only )?([\w.\-]+)(?:==\S+)? has no"
)


@dataclass(frozen=True)
class Uv:
    """Runs uv with the user's environment, whose proxy and certificates it needs."""

    program: str
    environment: Mapping[str, str]

    @classmethod
    def find(cls, environment: Mapping[str, str]) -> "Uv":
        """The uv of the Python package, else the one on the path.

        Raises:
            TargetError: when there is none.
        """
        try:
            from uv import find_uv_bin  # noqa: PLC0415 (optional: one on the path will do)

            return cls(find_uv_bin(), environment)
        except (ImportError, FileNotFoundError):
            found = shutil.which("uv", path=environment.get("PATH"))
        if found is None:
            raise TargetError(
                "uv is not installed, and the emulator's environment is made with it",
                "Run: python -m pip install uv",
            )
        return cls(found, environment)

    def run(self, arguments: Sequence[str | Path], *, doing: str) -> str:
        """Run ``uv …`` and give what it printed.

        ``doing`` completes "could not …". An interrupt ends uv too.

        Raises:
            TargetError: network, certificate, Python or wheel named as such, else uv's last lines.
        """
        done = subprocess.run(  # noqa: S603 (our own arguments, no shell)
            [self.program, *map(str, arguments), "--no-progress", "--color", "never"],
            env={**self.environment, "UV_NO_CONFIG": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise explain(doing, done.stderr or done.stdout)
        return done.stdout


def explain(doing: str, output: str) -> TargetError:
    """What uv's words mean for whoever has to mend it."""
    tail = _tail(output)
    output = " ".join(output.split())  # uv wraps its lines
    if _WHEEL.search(output):
        package = _PACKAGE.search(output)
        name = next(filter(None, package.groups())) if package else "a package"
        return TargetError(
            f"could not {doing}: {name} has no wheel for this Python and platform\n{tail}",
            "Ask for a version of it that has one, or use another Python (3.11 to 3.13 are safe).",
        )
    if _CERTIFICATE.search(output):
        return TargetError(
            f"could not {doing}: the package index's certificate is not trusted\n{tail}",
            "Behind a company proxy, point SSL_CERT_FILE at its certificate and try again.",
        )
    if _NETWORK.search(output):
        return TargetError(
            f"could not {doing}: the package index can't be reached\n{tail}",
            "Connect to the network (HTTPS_PROXY if there is a proxy) and try again; "
            "once made, it is kept and needs no network.",
        )
    if _PYTHON.search(output):
        return TargetError(
            f"could not {doing}: this Python won't do\n{tail}",
            "Run it with a Python from 3.11 on, LocalStack with 3.12 or 3.13; stageproof doctor "
            "tells which are here.",
        )
    return TargetError(f"could not {doing}; uv said:\n{tail}", "Mend what it says and try again.")


def _tail(output: str, lines: int = 8) -> str:
    kept = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in kept[-lines:])
