"""What goes wrong at the front: the template's fault, a request refused, a resolver that failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Json
from harness.targets.errors import TargetError


class AppSyncError(TargetError):
    """The template asks for something that the front can't be."""


@dataclass
class Refused(Exception):
    """A request that never reached execution, as AppSync words it."""

    status: int
    kind: str
    """``errorType``."""
    message: str | None = None

    def body(self) -> dict[str, Json]:
        """The HTTP body; also a realtime message's payload."""
        error: dict[str, Json] = {"errorType": self.kind}
        if self.message is not None:
            error["message"] = self.message
        return {"errors": [error]}


@dataclass
class FieldError(Exception):
    """One field's error: its path and location are added when the answer is made."""

    message: str
    kind: str
    """``errorType``."""
    data: Json = None
    info: Json = None


def unauthorized(message: str = "You are not authorized to make this call.") -> Refused:
    """The caller is nobody that the API knows."""
    return Refused(401, "UnauthorizedException", message)


def malformed(message: str) -> Refused:
    """The request is no GraphQL request."""
    return Refused(400, "MalformedHttpRequestException", message)


def not_authorized_for(field_name: str, type_name: str) -> FieldError:
    """The caller is known, but this field isn't theirs."""
    return FieldError(f"Not Authorized to access {field_name} on type {type_name}", "Unauthorized")


@dataclass(frozen=True)
class Answer:
    """An operation's outcome, ready to be sent."""

    body: Mapping[str, Json]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
