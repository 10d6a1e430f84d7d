"""Somebody's running LocalStack: used, never reset, never stopped."""

import urllib.error
import urllib.request
from pathlib import Path

from harness.model import Capability, Measured
from harness.targets.answering import ask
from harness.targets.base import Entered
from harness.targets.emulator import CREDENTIALS
from harness.targets.endpoint import Endpoint, Progress, Python
from harness.targets.errors import TargetError
from harness.targets.localstack.release import Release, release_at
from harness.targets.settings import TargetSettings

_PLATFORM = "x86_64-unknown-linux-gnu"
_PATIENCE = 10.0
"""Seconds it has to answer: others may keep it busy."""
_MEND = (
    "Give the address of a running LocalStack, such as --endpoint http://127.0.0.1:4566; "
    "without one the harness starts its own."
)


class AttachedLocalStack(Entered):
    """A LocalStack at an address that the user gave.

    Args:
        python: of the functions there, major and minor: what the template's runtime says.
        unmeasured: a version or edition that nobody measured will do, since that is what is to be
            done.
        keep: what we put on it stays when we are done.
    """

    name = "localstack"
    shared = True

    def __init__(
        self,
        url: str,
        settings: TargetSettings,
        *,
        python: str = "3.13",
        unmeasured: bool = False,
        keep: bool = False,
    ) -> None:
        self._url = url.rstrip("/")
        self._settings = settings
        self._python = python
        self._unmeasured = unmeasured
        self.disposable = keep

    def start(self, progress: Progress) -> Endpoint:
        """See who answers there.

        Raises:
            TargetError: nobody, something else, or a version or edition that nobody measured.
        """
        release = release_at(self._url, seconds=_PATIENCE)
        if release is None:
            raise TargetError(f"{self._url} is no LocalStack: {_who(self._url)}", _MEND)
        progress(f"using {release} at {self._url}")
        return Endpoint(
            target=self.name,
            url=self._url,
            region=self._settings.region,
            credentials=CREDENTIALS,
            python=Python(version=self._python, platform=_PLATFORM),
            capabilities=self._capabilities(release),
            log=Path("the terminal where LocalStack runs"),
            emulator=release.emulator,
            keeps=self.disposable,
            shared=self.shared,
            loopback=False,
        )

    def stop(self) -> None:
        """It isn't ours to stop."""

    def alive(self) -> bool:
        """Whether it still answers."""
        return ask(f"{self._url}/_localstack/info", seconds=_PATIENCE) is not None

    def death(self) -> TargetError:
        """It went away while it was used."""
        return TargetError(
            f"the LocalStack at {self._url} stopped answering", "See what became of it."
        )

    def _capabilities(self, release: Release) -> dict[Capability, Measured]:
        probe = f"stageproof probe --target localstack --endpoint {self._url} --write"
        known = release.capabilities(self._url, probe, unmeasured=self._unmeasured)
        if not known:
            return known
        apart = Measured(
            Capability.PROCESSES, False, "functions of an attached LocalStack run where it runs"
        )
        return {**known, Capability.PROCESSES: apart}


def _who(url: str) -> str:
    """What answered there instead, for the person who gave the address."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=_PATIENCE) as answer:
            return _described(answer.status, answer.headers.get("Server"), answer.read(200))
    except urllib.error.HTTPError as error:
        return _described(error.code, error.headers.get("Server"), error.read(200))
    except (OSError, ValueError) as error:
        return f"nothing answers ({getattr(error, 'reason', error)})"


def _described(status: int, server: str | None, body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())[:120]
    by = f" from {server}" if server else ""
    return f"it answered {status}{by}" + (f", beginning {text!r}" if text else ", with no body")
