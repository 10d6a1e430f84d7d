"""How a moment is written down: in records, messages and answers alike."""

from __future__ import annotations

from datetime import UTC, datetime


def write_moment(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that the text sorts as the time does."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
    return f"{text}{moment.microsecond // 1000:03d}Z"


def read_moment(text: str) -> datetime:
    """The moment that `write_moment` wrote. ValueError for another text."""
    return datetime.fromisoformat(text)
