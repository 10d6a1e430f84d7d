"""What must not be seen anywhere."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import Field, field_validator

from harness.laws.base import BaseLaw, Tally
from harness.model import Frozen, History, Judgement, Record

_Wanted = tuple[str, Callable[[str], object]]
"""What a finding calls it, and whether a text holds it."""


class Pattern(Frozen):
    """What a secret looks like."""

    expression: str
    """A regular expression."""
    marks: tuple[str, ...] = ()
    """Every match holds one of these; without any, the expression itself is tried everywhere,
    which takes twenty times as long."""

    @field_validator("expression")
    @classmethod
    def _readable(cls, expression: str) -> str:
        re.compile(expression)
        return expression


COMMON = (
    Pattern(expression=r"-----BEGIN [A-Z ]*PRIVATE KEY-----", marks=("-----BEGIN",)),
    Pattern(
        expression=r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*", marks=("eyJ",)
    ),
    Pattern(expression=r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", marks=("AKIA", "ASIA")),
    Pattern(expression=r"\bsk_(?:live|test)_[A-Za-z0-9]{16,}", marks=("sk_",)),
)
"""Private keys, JSON web tokens, AWS access keys, payment providers' secret keys."""


class NoSecret(BaseLaw):
    """No record holds anything that matches ``patterns``, or one of the given ``values``.

    The values are never written into a header: a history that is judged again is judged by the
    patterns alone. A finding names the pattern and the record, never what it found.
    """

    kind: Literal["no_secret"] = "no_secret"
    patterns: tuple[Pattern, ...] = COMMON
    values: tuple[str, ...] = Field(default=(), exclude=True, repr=False)

    def judge(self, history: History) -> Judgement:
        """Search the text of each record's value and key."""
        tally = Tally(self.name)
        marks = [mark for p in self.patterns for mark in p.marks]
        unmarked = [p for p in self.patterns if not p.marks]
        always = [*map(_searched, unmarked), *(_given(v) for v in self.values if v)]
        marked = [_searched(p) for p in self.patterns if p.marks]
        if not marked and not always:
            return tally.judgement("there is neither a pattern nor a value to look for")
        for record in history.records:
            tally.saw += 1
            text = f"{record.text} {record.key}"
            for mark in marks:
                if mark in text:
                    self._search(tally, record, text, marked)
                    break
            if always:
                self._search(tally, record, text, always)
        return tally.judgement("the history is empty")

    def _search(self, tally: Tally, record: Record, text: str, wanted: list[_Wanted]) -> None:
        for what, found in wanted:
            if found(text):
                tally.breach(
                    f"{what} in {record.name}",
                    f"record {record.call} ({record.name}, {record.at:.3f} s) holds a secret: "
                    f"{what}",
                    key=record.key, operation=record.name,
                )  # fmt: skip
                return


def _searched(pattern: Pattern) -> _Wanted:
    return pattern.expression, re.compile(pattern.expression).search


def _given(value: str) -> _Wanted:
    """Values stand in a record as JSON has them."""
    escaped = json.dumps(value, ensure_ascii=False)[1:-1]
    return "a value that was given", lambda text: escaped in text


def no_secret(
    patterns: Iterable[Pattern | str] = COMMON, values: Iterable[str] = (), *, name: str = ""
) -> NoSecret:
    """Neither ``patterns`` (regular expressions) nor ``values`` stand anywhere in the history."""
    return NoSecret(
        name=name or "no secret in the history",
        patterns=tuple(Pattern(expression=p) if isinstance(p, str) else p for p in patterns),
        values=tuple(values),
    )
