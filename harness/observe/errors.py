"""The root of what keeps the harness from watching a stage."""

from harness.model import HarnessError


class ObserveError(HarnessError):
    """Something that is to be watched isn't there."""
