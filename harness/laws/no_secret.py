"""What must not be seen anywhere."""

import re
from collections.abc import Iterable
from typing import Literal

from pydantic import Field, field_validator

from harness.laws.base import BaseLaw, Tally
from harness.model import History, Judgement

COMMON = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*",
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\bsk_(?:live|test)_[A-Za-z0-9]{16,}",
)
"""Private keys, JSON web tokens, AWS access keys, payment providers' secret keys."""


class NoSecret(BaseLaw):
    """No record holds anything that matches ``patterns``, or one of the given ``values``.

    The values are never written into a header: a history that is judged again is judged by the
    patterns alone. A finding names the pattern and the record, never what it found.
    """

    kind: Literal["no_secret"] = "no_secret"
    patterns: tuple[str, ...] = COMMON
    values: tuple[str, ...] = Field(default=(), exclude=True, repr=False)

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            re.compile(pattern)
        return patterns

    def judge(self, history: History) -> Judgement:
        """Search the text of each record's value and key."""
        tally = Tally(self.name)
        wanted = [*((p, re.compile(p)) for p in self.patterns)]
        if self.values:
            given = "|".join(re.escape(v) for v in self.values if v)
            wanted.append(("a value that was given", re.compile(given)))
        if not wanted:
            return tally.judgement("there is neither a pattern nor a value to look for")
        search = re.compile("|".join(f"(?:{p.pattern})" for _, p in wanted)).search
        for record in history.records:
            tally.saw += 1
            if record.value is None or not search(f"{record.value} {record.key}"):
                continue
            text = f"{record.value} {record.key}"
            what = next((name for name, p in wanted if p.search(text)), "a secret")
            tally.breach(
                f"{what} in {record.name}",
                f"record {record.call} ({record.name}, {record.at:.3f} s) holds a secret: {what}",
                key=record.key, operation=record.name,
            )  # fmt: skip
        return tally.judgement("the history is empty")


def no_secret(
    patterns: Iterable[str] = COMMON, values: Iterable[str] = (), *, name: str = ""
) -> NoSecret:
    """Neither ``patterns`` (regular expressions) nor ``values`` stand anywhere in the history."""
    return NoSecret(
        name=name or "no secret in the history", patterns=tuple(patterns), values=tuple(values)
    )
