"""The root of what goes wrong while a stack is made."""

from harness.model import HarnessError


class DeployError(HarnessError):
    """The application could not be packaged, deployed, seeded or found again."""
