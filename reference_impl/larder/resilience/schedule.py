"""The waits between the attempts of one piece of work."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

JITTER = 0.1
"""Most that a wait is lengthened by, as a share of it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Waits in seconds between attempts, none longer than ``cap``.

    There is one more attempt than there are waits.
    """

    waits: tuple[float, ...]
    cap: float

    @property
    def attempts(self) -> int:
        """How many attempts there are in all."""
        return len(self.waits) + 1

    def exhausted(self, attempts_made: int, /) -> bool:
        """Whether no attempt is left after ``attempts_made`` of them."""
        return attempts_made >= self.attempts

    def wait_after(self, attempt: int, chance: Callable[[], float], /) -> float:
        """Seconds to wait after failed ``attempt`` (1 is the first), with jitter.

        ``chance`` gives a number in [0, 1). The jitter only lengthens: a provider that asked for
        calm is never asked sooner than the schedule says.
        """
        return min(self._base(attempt) * (1 + JITTER * chance()), self.cap)

    def queue_wait_after(self, attempt: int, chance: Callable[[], float], /) -> int:
        """The same in whole seconds, as a message's visibility takes them.

        Jitter is added only where a tenth of the wait reaches a second.
        """
        base = math.ceil(self._base(attempt))
        spread = int(base * JITTER)
        jitter = int(chance() * (spread + 1)) if spread else 0
        return min(base + jitter, math.ceil(self.cap))

    def _base(self, attempt: int) -> float:
        """After the last attempt, too, there is a wait: a dead letter's own."""
        if attempt < 1:
            raise ValueError(f"attempts are counted from 1, got {attempt}")
        if not self.waits:
            return 0.0
        return min(self.waits[min(attempt, len(self.waits)) - 1], self.cap)
