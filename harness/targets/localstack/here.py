"""LocalStack on this machine: in a container where that can be done, else as a program."""

from collections.abc import Mapping
from pathlib import Path

from harness.targets.base import Entered
from harness.targets.endpoint import Endpoint, Progress
from harness.targets.errors import TargetError
from harness.targets.localstack.container import LocalStackContainer
from harness.targets.localstack.process import LocalStackProcess
from harness.targets.settings import TargetSettings

MODE = "LOCALSTACK_MODE"
_MODES = ("container", "process")


class LocalStackHere(Entered):
    """Decides when it is started, says what and why, and is that from then on."""

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
        self._mode = user.get(MODE) or settings.mode
        if self._mode not in (None, *_MODES):
            raise TargetError(f"there is no mode {self._mode!r}", f"{MODE}: {', '.join(_MODES)}.")
        self._container = LocalStackContainer(
            settings, home, user=user, log=log, unmeasured=unmeasured
        )
        self._process = LocalStackProcess(settings, home, user=user, log=log)
        self._way: LocalStackContainer | LocalStackProcess = self._process

    def start(self, progress: Progress) -> Endpoint:
        """Start it in the way that was asked for, else in the best that can be had.

        Raises:
            TargetError: that way can't be had.
        """
        self._way, why = self._decide(progress)
        progress(f"LocalStack {why}")
        return self._way.start(progress)

    def stop(self) -> None:
        """Take it down."""
        self._way.stop()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._way.alive()

    def death(self) -> TargetError:
        """What to say when it doesn't."""
        return self._way.death()

    def _decide(self, progress: Progress) -> tuple[LocalStackContainer | LocalStackProcess, str]:
        if self._mode == "process":
            return self._process, "as a program of this machine, as asked for"
        if self._mode == "container":
            return self._container, "in a container, as asked for"
        try:
            self._container.available(progress)
        except TargetError as error:
            what = error.what.splitlines()[0]
            return self._process, f"as a program of this machine, since {what} ({MODE}=container)"
        return self._container, f"in a container of {self._container.image} ({MODE}=process)"
