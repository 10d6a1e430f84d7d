"""Time and names: the real ones, and how a moment is written down."""

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


def write_moment(moment: datetime) -> str:
    """ISO 8601 with milliseconds, so that the text sorts as the time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )


def read_moment(text: str) -> datetime:
    """The moment that `write_moment` wrote."""
    return datetime.fromisoformat(text)
