"""What keeps the wire from doing its job."""

from harness.model import HarnessError


class WireError(HarnessError):
    """The wire can't be opened, or is asked for what it can't do."""


class Contradiction(WireError):
    """A fault that says two things at once, or is for what never happens: it could never fire."""
