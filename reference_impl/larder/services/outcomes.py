"""What a use case that serves a queue's message may answer. The function layer obeys.

`error`, where there is one, is for the log: its traceback is the only trace of what went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Reason(StrEnum):
    """Why a message is dead; the words are those of contracts/asyncapi.yaml."""

    EXHAUSTED = "exhausted"
    MALFORMED = "malformed"
    UNKNOWN_ORDER = "unknown-order"


@dataclass(frozen=True, slots=True)
class Done:
    """Delete the message; `note` says in few words what was done or why nothing had to be."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Hide the message for that many whole seconds and report it as failed.

    `counted` tells an attempt that failed from one that wasn't made (open breaker, claim held).
    """

    seconds: int
    because: str = ""
    counted: bool = True
    error: Exception | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Send the message to the dead-letter queue with this reason, then delete it."""

    reason: Reason
    because: str = ""
    error: Exception | None = field(default=None, compare=False)


Outcome: TypeAlias = Done | RetryAfter | DeadLetter
