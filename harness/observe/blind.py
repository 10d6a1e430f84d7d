"""What can't be watched on a stage: its target doesn't do it, or its owner doesn't let us."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from harness.model import Capability

_DENIED = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")
)
"""How AWS's services say that a caller may not, each in its own word."""


@dataclass(frozen=True)
class Blind:
    """One thing that isn't seen, and why."""

    what: str
    capability: Capability
    """What watching it takes."""
    why: str
    names: tuple[str, ...] = ()
    """What the names of the records begin with that nobody will see."""

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def denied(error: ClientError) -> str | None:
    """That the caller may not do it, in words; None of any other error.

    AWS's own words stay out of it: they name the caller and the account.
    """
    code = error.response["Error"].get("Code", "")
    if code not in _DENIED:
        return None
    return f"the caller's credentials don't allow {error.operation_name} ({code})"
