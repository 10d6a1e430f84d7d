"""What a use case that serves a queue's message may answer. The function layer obeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Done:
    """Delete the message; `note` says in few words what was done or why nothing had to be."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Hide the message for that many whole seconds and report it as failed."""

    seconds: int
    because: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Send the message to the dead-letter queue with this reason, then delete it."""

    reason: str


Outcome: TypeAlias = Done | RetryAfter | DeadLetter
