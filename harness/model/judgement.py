"""What a law says of a history."""

from typing import Protocol

from harness.model.finding import Finding, UnknownKind
from harness.model.frozen import Frozen
from harness.model.history import History
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
    undecided: tuple[str, ...] = ()
    """Keys of which it could not tell, though it could of others (an outcome left open)."""


class Law(Protocol):
    """Pure; an exception, or nothing to judge, is ``unknown``."""

    @property
    def name(self) -> str:
        """What findings call it."""
        ...

    def judge(self, history: History) -> Judgement:
        """Judge a whole history, or the part of it that belongs to one case."""
        ...
