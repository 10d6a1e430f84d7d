"""What keeps the wire from doing its job."""

from harness.model import HarnessError


class WireError(HarnessError):
    """The wire can't be opened, or is asked for what it can't do."""
