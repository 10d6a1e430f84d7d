"""What a law says of a history."""

from collections.abc import Iterable
from typing import Protocol

from harness.model.finding import Finding, Unknown, UnknownKind
from harness.model.frozen import Frozen
from harness.model.history import History
from harness.model.stage import Capability
from harness.model.verdict import Verdict


class Judgement(Frozen):
    """A law's word on a history.

    ``saw`` counts the things it could judge; a law that saw nothing is ``unknown``.
    """

    law: str
    verdict: Verdict
    saw: int = 0
    findings: tuple[Finding, ...] = ()
    why: str = ""
    """For an ``unknown``: why it could not tell."""
    unknown: UnknownKind | None = None
    """For an ``unknown``: of which kind."""
    capabilities: tuple[Capability, ...] = ()
    """For an ``unknown`` of that kind: what the target lacks."""
    undecided: tuple[str, ...] = ()
    """Keys of which it could not tell, though it could of others (an outcome left open)."""

    @property
    def lacks(self) -> tuple[Capability, ...]:
        """What it lacked: as it says, or as its words name it (``… (queue-concurrency)``)."""
        if self.unknown is not UnknownKind.CAPABILITY:
            return ()
        return self.capabilities or tuple(c for c in Capability if f"({c})" in self.why)


_NAMED = 3


def undecided(judgements: Iterable[Judgement], unit: str) -> list[Unknown]:
    """What laws that did judge could not tell of single keys, one line a law."""
    left: dict[str, dict[str, None]] = {}
    for judgement in judgements:
        if judgement.verdict is not Verdict.UNKNOWN and judgement.undecided:
            left.setdefault(judgement.law, {}).update(dict.fromkeys(judgement.undecided))
    return [
        Unknown(
            kind=UnknownKind.UNDECIDED, what=law, unit=unit,
            why=f"of {len(keys)} ({_some(list(keys))}) an outcome was open, or their time not up",
        )
        for law, keys in left.items()
    ]  # fmt: skip


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:_NAMED]) + (" …" if len(keys) > _NAMED else "")


class Law(Protocol):
    """Pure; an exception, or nothing to judge, is ``unknown``."""

    @property
    def name(self) -> str:
        """What findings call it."""
        ...

    def judge(self, history: History) -> Judgement:
        """Judge a whole history, or the part of it that belongs to one case."""
        ...
