"""The root of what goes wrong with a target."""

from harness.model import HarnessError


class TargetError(HarnessError):
    """A target could not be made, started or reached."""
