"""Which LocalStack answers somewhere, and what that very one was measured to do."""

import re
from dataclasses import dataclass

from harness.model import Capability, Measured
from harness.targets.answering import ask
from harness.targets.capabilities import capabilities_of
from harness.targets.errors import TargetError
from harness.targets.localstack.shipped import VERSION

_FREE = ("community", "unknown")
"""What one calls itself that no licence was needed for: as an image, and as PyPI has it."""


@dataclass(frozen=True)
class Release:
    """A version and an edition: either changes what it can do."""

    version: str
    edition: str
    """As it says itself; what a licence opened is never called ``unknown`` here."""

    def __str__(self) -> str:
        return f"LocalStack {self.version} ({self.edition})"

    @property
    def emulator(self) -> str:
        """Name and version, as ``measured/`` has it."""
        edition = "" if self.edition in _FREE else f"-{_plain(self.edition)}"
        return f"localstack-{_plain(self.version)}{edition}"

    def capabilities(
        self, what: str, probe: str, *, unmeasured: bool
    ) -> dict[Capability, Measured]:
        """What it was measured to do; nothing where ``unmeasured`` ones will do.

        ``what`` and ``probe`` are for a message: who it is, and the command that measures it.

        Raises:
            TargetError: nobody measured it.
        """
        try:
            return capabilities_of(self.emulator)
        except TargetError:
            if unmeasured:
                return {}
            raise TargetError(
                f"{what} is {self}; what that one can do was never measured, what the free "
                f"LocalStack {VERSION} can do was",
                f"Use LocalStack {VERSION}, or measure this one: {probe}",
            ) from None


def release_at(url: str, *, seconds: float) -> Release | None:
    """Who answers there; None for nobody, or something else."""
    said = ask(f"{url}/_localstack/info", seconds=seconds)
    if said is None or "version" not in said or "edition" not in said:
        return None
    edition = str(said["edition"])
    if edition == "unknown" and said.get("is_license_activated"):
        edition = "pro"
    return Release(str(said["version"]).split(":")[0], edition)


def _plain(said: str) -> str:
    """Fit for a file's name, whatever an endpoint says."""
    return re.sub(r"[^a-z0-9.]+", "_", said.lower()).strip("._")
