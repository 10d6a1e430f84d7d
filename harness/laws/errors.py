"""What can go wrong with a law itself."""

from harness.model import HarnessError


class LawError(HarnessError):
    """A law can't be rebuilt, or a figure it needs isn't in the history."""
