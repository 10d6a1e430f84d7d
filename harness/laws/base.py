"""What every law has in common: its name, and how it adds up what it saw to a judgement."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from harness.laws.reading import show
from harness.model import (
    Call,
    Finding,
    Frozen,
    History,
    Judgement,
    Record,
    UnknownKind,
    Verdict,
    fingerprint,
)

_SHOWN = 12
_KEYS = 8


class BaseLaw(Frozen, ABC):
    """A law as data: the header of a history carries it, ``load`` rebuilds it.

    Subclasses add ``kind`` (the discriminator) and their parameters.
    """

    name: str
    """What findings call it."""

    @abstractmethod
    def judge(self, history: History) -> Judgement:
        """Judge a whole history, or the part of it that belongs to one case.

        Takes time in proportion to the records (times the logarithm where it must sort) and
        memory in proportion to the keys. Raises LawError when a figure isn't in the header.
        """


@dataclass
class _Shape:
    """All breaches of one shape: the first in full, the others counted."""

    finding: Finding
    keys: dict[str, None]
    seen: int = 1


@dataclass
class Tally:
    """Adds up what one law saw."""

    law: str
    saw: int = 0
    shapes: dict[str, _Shape] = field(default_factory=dict)
    undecided: dict[str, None] = field(default_factory=dict)

    def breach(
        self,
        shape: str,
        title: str,
        records: Iterable[Record | Call] = (),
        *,
        key: str | None = None,
        detail: str = "",
        operation: str | None = None,
    ) -> None:
        """The law was broken. ``shape`` is what makes two breaches the same (no ids in it)."""
        kept = self.shapes.get(shape)
        if kept is not None:
            kept.seen += 1
            if key is not None and len(kept.keys) < _KEYS:
                kept.keys[key] = None
            return
        lines = _records(records)
        shown = [show(r) for r in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            shown.append(f"… and {len(lines) - _SHOWN} more")
        self.shapes[shape] = _Shape(
            Finding(
                law=self.law,
                title=title,
                detail="\n".join([detail, *shown] if detail else shown),
                operation=operation,
                cases=tuple(dict.fromkeys(c for r in lines for c in r.cases)),
                calls=tuple(dict.fromkeys(r.call for r in lines[:_SHOWN])),
                fingerprint=fingerprint(self.law, shape),
            ),
            {} if key is None else {key: None},
        )

    def leave(self, key: str | None) -> None:
        """It can't be told of this key (an outcome left open, or no time left to see)."""
        if key is not None:
            self.undecided[key] = None

    def judgement(
        self, nothing: str, *, short: str = "", kind: UnknownKind = UnknownKind.BUDGET
    ) -> Judgement:
        """The sum: breaches fail; nothing seen, or too little (``short`` says what), is unknown."""
        findings = tuple(
            s.finding.model_copy(update={"keys": tuple(s.keys), "seen": s.seen})
            for s in self.shapes.values()
        )
        told = Judgement(
            law=self.law, verdict=Verdict.PASS, saw=self.saw, undecided=tuple(self.undecided)
        )
        if findings:
            return told.model_copy(update={"verdict": Verdict.FAIL, "findings": findings})
        if self.saw == 0:
            return _unknown(told, UnknownKind.NOTHING_SEEN, nothing)
        return _unknown(told, kind, short) if short else told


def _unknown(told: Judgement, kind: UnknownKind, why: str) -> Judgement:
    return told.model_copy(update={"verdict": Verdict.UNKNOWN, "unknown": kind, "why": why})


def _records(given: Iterable[Record | Call]) -> list[Record]:
    flat: list[Record] = []
    for each in given:
        if isinstance(each, Call):
            flat.extend(r for r in (each.start, each.end) if r is not None)
        else:
            flat.append(each)
    return flat


@dataclass(frozen=True)
class Horizon:
    """Until when a history could have shown something.

    An entity that hasn't got where it should is only blamed when there was time enough: the
    engine marked, after it, that the case had settled, or ``patience`` seconds went by.
    """

    end: float
    settled: float = -1.0
    """The last moment at which nothing was under way any more."""

    @classmethod
    def of(cls, history: History) -> "Horizon":
        """Of this history: its last record, and its last ``case.settled`` that says quiet."""
        end = history.records[-1].at if len(history.records) else 0.0
        told = cls(end)
        for mark in history.by_name.get(SETTLED, ()):
            if isinstance(mark.value, dict) and mark.value.get("quiet"):
                told = replace(told, settled=mark.at)
        return told

    def past(self, since: float, patience: float) -> bool:
        """Whether what began at ``since`` had its time."""
        return since <= self.settled or self.end - since >= patience


SETTLED = "case.settled"
"""The engine's record that a case ended; its value's ``quiet`` says that nothing was under way."""
