"""What came back of a request."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.model import Json


@dataclass(frozen=True)
class Answer:
    """One answer; ``status`` is None when none came (``error`` says why)."""

    status: int | None
    headers: Mapping[str, str]
    """Looked up whatever their case."""
    body: Json
    """Parsed where it is JSON, else its text."""
    call: int
    """Its number in the history."""
    seconds: float
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status is not None and self.status < 400

    def __getitem__(self, field: str) -> Json:
        """A field of the body."""
        return self.body[field]
