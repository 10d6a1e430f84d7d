"""What came back of a GraphQL operation."""

from collections.abc import Mapping
from typing import Any

from harness.clients.answer import Answer


class GraphQLAnswer(Answer):
    """One answer; ``body`` is all of it, errors too."""

    @property
    def data(self) -> Any:
        """What was asked for; None when there is nothing."""
        return self.body.get("data") if isinstance(self.body, Mapping) else None

    @property
    def errors(self) -> tuple[Mapping[str, Any], ...]:
        """What went wrong, field by field, or with the request."""
        found = self.body.get("errors") if isinstance(self.body, Mapping) else None
        return tuple(e for e in found or () if isinstance(e, Mapping))

    @property
    def codes(self) -> tuple[str, ...]:
        """Each error's ``errorType``."""
        return tuple(str(e.get("errorType") or "") for e in self.errors)

    @property
    def ok(self) -> bool:
        """Whether all of it was answered."""
        return self.status == 200 and self.data is not None and not self.errors

    def __getitem__(self, field: str) -> Any:
        """What a root field gave; None where it gave nothing."""
        return (self.data or {}).get(field)
