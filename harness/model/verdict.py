"""Pass, fail or unknown."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """``unknown``: the harness could not tell, and says why."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"


_RANK = {Verdict.FAIL: 0, Verdict.UNKNOWN: 1, Verdict.PASS: 2}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several: fail, then unknown, then pass. Of none: unknown (nothing was seen)."""
    return min(verdicts, key=_RANK.__getitem__, default=Verdict.UNKNOWN)
