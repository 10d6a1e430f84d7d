"""LocalStack in a container that shares this machine's network, functions as processes in it.

Functions must reach doubles and wire, which listen on loopback: so the host's network is shared,
and LocalStack listens on loopback alone. No image of a Lambda runtime is needed.
"""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.model import Capability, Measured
from harness.targets.answering import ask
from harness.targets.base import Entered
from harness.targets.emulator import CREDENTIALS, tail_of
from harness.targets.endpoint import Endpoint, Progress, Python
from harness.targets.errors import TargetError
from harness.targets.localstack import licence, program
from harness.targets.localstack.engine import client_of, first_here, have_image
from harness.targets.localstack.installation import executor_of, libraries_for_container
from harness.targets.localstack.owned import OWNER, end_orphans
from harness.targets.localstack.release import Release, release_at
from harness.targets.localstack.shipped import VERSION
from harness.targets.owners import owner
from harness.targets.ports import reserve
from harness.targets.settings import TargetSettings

IMAGE = f"localstack/localstack:{VERSION}"
BUILT = f"stageproof/localstack:{VERSION}"
"""What ``localstack/image/build.sh`` makes; taken where it is and the other isn't."""
_PATIENCE = 120.0
"""Seconds it has to come up."""
_ANSWER = 10.0
"""Seconds it has to answer, once it is up."""
_HARNESS = Path(__file__).parents[2]
"""Functions are told to import from it what ties their calls to their invocations."""
_PYTHON, _PLATFORM = "3.13", "x86_64-unknown-linux-gnu"
"""What the image has."""


class LocalStackContainer(Entered):
    """LocalStack in a container of its own, ended and removed by us: no reaper is asked for.

    Args:
        home: where caches are kept; functions read their libraries there.
        user: the user's environment, for the engine and for downloads.
        unmeasured: an image with a LocalStack that nobody measured will do.
    """

    name = "localstack"
    disposable = True
    shared = False

    def __init__(
        self,
        settings: TargetSettings,
        home: Path,
        *,
        user: Mapping[str, str],
        log: Path | None,
        unmeasured: bool = False,
    ) -> None:
        self._settings = settings
        self._home = home
        self._user = user
        self._log = log
        self._unmeasured = unmeasured
        self._container: Any = None
        self._answered = False
        self._named = user.get("LOCALSTACK_IMAGE") or settings.image
        self.image = self._named or IMAGE
        """What is run; where none was named, it is known once ``available`` looked."""

    def available(self, progress: Progress) -> None:
        """See that it can be run.

        Raises:
            TargetError: no engine answers, or the image can't be had.
        """
        client = client_of(self._user)
        try:
            end_orphans(client, progress)
            self.image = self._named or first_here(client, IMAGE, BUILT) or IMAGE
            have_image(client, self.image, progress)
        finally:
            client.close()

    def start(self, progress: Progress) -> Endpoint:
        """Run it and wait until it answers.

        Raises:
            TargetError: what went wrong, with the end of its log; or the image has a LocalStack
                that nobody measured.
        """
        self.available(progress)
        port = reserve(self._settings.port, self.name)
        url, name = f"http://127.0.0.1:{port}", f"stageproof-{port}"
        progress(f"starting {self.image} in a container")
        self._container = self._made(port, name, progress)
        try:
            self._container.start()
            self._await(url, name)
            self._answered = True
            release = self._release(url)
            capabilities = self._capabilities(release)
        except BaseException:
            self.stop()
            raise
        return Endpoint(
            target=self.name,
            url=url,
            region=self._settings.region,
            credentials=CREDENTIALS,
            python=Python(version=_PYTHON, platform=_PLATFORM, reads_our_files=True),
            capabilities=capabilities,
            log=self._log or Path(f"docker logs {name}"),
            emulator=release.emulator,
        )

    def stop(self) -> None:
        """Keep its log, then end and remove it."""
        container, self._container = self._container, None
        if container is not None:
            try:
                self._keep_log(container)
            finally:
                container.stop()

    def alive(self) -> bool:
        """Whether it still runs."""
        from docker.errors import DockerException  # noqa: PLC0415

        running = _made_by(self._container)
        with suppress(DockerException):  # it was removed by somebody else, or the engine is gone
            if running is not None:
                running.reload()
                return bool(running.status == "running")
        return False

    def death(self) -> TargetError:
        """What to say when it doesn't."""
        said = self._logged()
        return self._unlicensed(said) or TargetError(
            f"the container died; the end of its log:\n{tail_of(said)}",
            "Run it again. If it dies again, see whether the machine runs out of memory.",
        )

    def _made(self, port: int, name: str, progress: Progress) -> Any:
        # Not its LocalStackContainer: that waits for a line in the log, of a dead one a minute.
        from testcontainers.core.config import testcontainers_config  # noqa: PLC0415
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415

        testcontainers_config.ryuk_disabled = True  # an image of its own, for what stop() does
        executor = executor_of(self._home, self._user, progress)
        libraries = libraries_for_container(
            self._home, self._user, progress, python=_PYTHON, platform=_PLATFORM
        )
        made = DockerContainer(self.image, network_mode="host", labels={OWNER: owner()})
        made.with_name(name)
        for folder in (executor, libraries, self._home / "libraries", _HARNESS):
            folder.mkdir(parents=True, exist_ok=True)
            made.with_volume_mapping(str(folder), str(folder), "ro")
        environment = program.settings(port=port, name=name) | {
            "AWS_DEFAULT_REGION": self._settings.region,
            "PYTHONPATH": str(executor),
            "LAMBDA_PROCESS_LIBRARIES": str(libraries),
        }
        if token := self._user.get(licence.GIVEN):
            environment[licence.GIVEN] = token
        for key, value in environment.items():
            made.with_env(key, value)
        return made

    def _await(self, url: str, name: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not program.answers_to(url, name):
            if not self.alive():
                raise self.death()
            if time.monotonic() > deadline:
                raise self._silence(url)
            time.sleep(0.2)  # it has nothing to wait on but its answer
        said = ask(f"{url}/_process_executor") or {}
        if said.get("python") != _PYTHON:
            raise TargetError(
                f"the image {self.image} has Python {said.get('python')}; functions' libraries "
                f"are built for {_PYTHON}",
                f"Use {IMAGE}, or an image with Python {_PYTHON}.",
            )

    def _silence(self, url: str) -> TargetError:
        """What to say when it doesn't answer in time."""
        said = self._logged()
        return self._unlicensed(said) or TargetError(
            f"the container didn't answer on {url} within {_PATIENCE:.0f} s; the end of "
            f"its log:\n{tail_of(said)}",
            "Mend what it says, or choose LOCALSTACK_MODE=process.",
        )

    def _unlicensed(self, said: str) -> TargetError | None:
        if self._answered:
            return None
        return licence.unlicensed(self.image, said, self._user, free=IMAGE)

    def _release(self, url: str) -> Release:
        release = release_at(url, seconds=_ANSWER)
        if release is None:
            raise TargetError(
                f"the image {self.image} doesn't say which LocalStack it has",
                f"Use {IMAGE}.",
            )
        return release

    def _capabilities(self, release: Release) -> dict[Capability, Measured]:
        probe = (
            f"LOCALSTACK_MODE=container LOCALSTACK_IMAGE={self.image} "
            "stageproof probe --target localstack --write"
        )
        what = f"the image {self.image}"
        known = release.capabilities(what, probe, unmeasured=self._unmeasured)
        if os.geteuid() == 0 or Capability.PROCESSES not in known:
            return known
        theirs = "functions in the container are root's processes, which you may not end"
        return {**known, Capability.PROCESSES: Measured(Capability.PROCESSES, False, theirs)}

    def _logged(self) -> str:
        """All that it said so far; kept, where it is to be."""
        return self._keep_log(self._container).decode("utf-8", "replace")

    def _keep_log(self, container: Any) -> bytes:
        from docker.errors import DockerException  # noqa: PLC0415

        running = _made_by(container)
        said = b""
        with suppress(DockerException):
            if running is not None:
                said = bytes(running.logs())
        if said and self._log is not None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._log.write_bytes(said)
        return said


def _made_by(container: Any) -> Any:
    """The engine's container; None where there is none."""
    from testcontainers.core.exceptions import ContainerStartException  # noqa: PLC0415

    try:
        return container.get_wrapped_container() if container is not None else None
    except ContainerStartException:
        return None
