"""How a project is verified on one worker, and what that worker says meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from harness.evidence import Folder
from harness.model import Signal
from harness.targets import Endpoint


@dataclass(frozen=True)
class Run:
    """How it is verified, on this worker."""

    id: str
    seed: int
    target: str
    worker: str
    folder: Folder
    endpoint: Endpoint | None = None
    """Of a target that somebody else keeps running."""

    def signal(self, what: str, name: str, value: object = None) -> None:
        """Say something to whoever watches the run."""
        self.folder.add_signal(
            Signal.model_validate(
                {"what": what, "at": time.time(), "worker": self.worker, "name": name,
                 "value": value}
            )
        )  # fmt: skip

    def note(self, text: str) -> None:
        """Say something in words."""
        self.signal("note", text)


@dataclass(frozen=True)
class Phases:
    """The parts of a bring-up, each told as it starts and ends."""

    run: Run
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each took."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """One part."""
        self.run.signal("phase started", name)
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - start, 2)
            self.run.signal("phase ended", name, self.seconds[name])
