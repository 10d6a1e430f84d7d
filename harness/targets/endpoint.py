"""What a started target gives, and what every target can be asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from harness.model import Capability, Measured
from harness.targets.errors import TargetError
from harness.targets.existing import Existing

Progress = Callable[[str], None]
"""Told one line about what is being done now; prints nothing by itself."""


@dataclass(frozen=True)
class Python:
    """The Python that a target's functions run on: what layers have to be built for."""

    version: str
    """Major and minor: ``3.11``."""
    platform: str
    """As uv names it: ``x86_64-unknown-linux-gnu``; empty for this machine's own."""
    executable: Path | None = None
    """Where this machine has it, so that bytecode can be compiled for it."""
    reads_our_files: bool = False
    """Functions are processes of this machine: a layer can be a link instead of a copy."""


@dataclass(frozen=True)
class Endpoint:
    """Where a target's AWS answers."""

    target: str
    url: str
    """Empty for AWS itself."""
    region: str
    credentials: Mapping[str, str]
    """``aws_access_key_id`` and so on, as boto3 takes them."""
    python: Python
    capabilities: Mapping[Capability, Measured]
    log: Path
    """The emulator's own output."""
    emulator: str = ""
    """Name and version, as ``measured/`` has it; empty for AWS itself."""
    existing: Existing | None = None
    """The stage that somebody deployed there; None where we deploy ours."""
    keeps: bool = False
    """Whether our stacks there stay when we are done."""
    shared: bool = False
    """Whether others have stacks there, too: ours are told apart from theirs."""
    loopback: bool = True
    """Whether its functions are known to share this machine's; else it is tried before a stage."""

    def can(self, capability: Capability) -> bool:
        """Whether the target was measured to do this."""
        measured = self.capabilities.get(capability)
        return measured is not None and measured.has


class Target(Protocol):
    """Somewhere a stage can run. A context manager: leaving it stops it."""

    @property
    def name(self) -> str:
        """``embedded``, ``localstack``, ``live``."""
        ...

    @property
    def disposable(self) -> bool:
        """Whether our stacks on it needn't be taken away: stopping it does, or they are kept."""
        ...

    @property
    def shared(self) -> bool:
        """Whether several stages live on it: then each has a stack of its own name."""
        ...

    def start(self, progress: Progress) -> Endpoint:
        """Bring it up, ready to answer.

        Raises:
            TargetError: saying what was tried, what went wrong and what to do next.
        """
        ...

    def stop(self) -> None:
        """Take it down with everything it started. Harmless when it isn't up."""
        ...

    def alive(self) -> bool:
        """Whether it still runs."""
        ...

    def death(self) -> TargetError:
        """What to say when it doesn't: how it ended, and the end of its log."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
