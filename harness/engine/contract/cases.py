"""The cases that a unit drew, as a digest that is the same on every target."""

import hashlib
import json
from collections.abc import Mapping

from harness.model import Json


class Cases:
    """Counts cases and digests what makes them, whatever order they came in."""

    def __init__(self) -> None:
        self._prints: list[str] = []

    def add(self, *parts: Json) -> None:
        """Take one case in."""
        text = json.dumps(parts, sort_keys=True, default=repr, ensure_ascii=True)
        self._prints.append(hashlib.sha256(text.encode()).hexdigest())

    def __len__(self) -> int:
        return len(self._prints)

    @property
    def digest(self) -> str:
        """Of all cases, sorted: a repeated run gives the same one."""
        together = "".join(sorted(self._prints))
        return hashlib.sha256(together.encode()).hexdigest()[:16]


def named(values: Mapping[str, Json] | None, taken: Mapping[str, str]) -> dict[str, Json]:
    """Values with those taken from answers under the name of where they came from."""
    return {k: f"<{taken[k]}>" if k in taken else v for k, v in (values or {}).items()}
