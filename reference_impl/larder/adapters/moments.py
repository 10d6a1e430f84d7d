"""Time and names: the real ones."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, to the millisecond: no more is ever written down."""

    def now(self) -> datetime:
        """Aware, UTC."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class RandomIds:
    """Random UUIDs, without dashes."""

    def new(self) -> str:
        """32 hexadecimal digits."""
        return uuid.uuid4().hex
