"""What keeps a load from being told anything about."""

from harness.model import HarnessError


class LoadError(HarnessError):
    """Locust isn't there, the application's users can't be had, or they ended before their time."""
