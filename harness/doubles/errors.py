"""What keeps a double from doing its job."""

from harness.model import HarnessError


class DoubleError(HarnessError):
    """A double can't be loaded, served or bound to a stage."""
