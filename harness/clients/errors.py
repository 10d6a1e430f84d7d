"""What keeps a client from asking."""

from harness.model import HarnessError


class ClientError(HarnessError):
    """An identity can't be had, or a request can't be made as the story asks."""
