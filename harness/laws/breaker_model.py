"""What a breaker must be doing, worked out from the calls alone."""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.laws.base import Tally
from harness.laws.provider import Attempt, Fate


@dataclass(frozen=True)
class Figures:
    """The breaker's promise, in calls and seconds."""

    threshold: int
    recovery: float
    lease: float
    slack: float

    @property
    def early(self) -> float:
        """How much sooner a probe may come: clocks differ, but no more than a quarter."""
        return min(self.slack, self.recovery / 4)


@dataclass
class Watch:
    """Follows one breaker; only what it can be sure of is held against the application."""

    figures: Figures
    tally: Tally
    lost: Sequence[float] = ()
    """When counting met a fault or went unheard, in order."""
    opened: int = 0
    closed: int = 0
    environments: int = 0
    """The most that the failures behind one opening came from."""
    last_begin: float = 0.0
    _epoch: float = float("-inf")
    """Calls begun before it don't count: they were let through by an earlier state."""
    _passed: float = float("-inf")
    _row: list[Attempt] = field(default_factory=list)
    _most: deque[float] = field(default_factory=deque)
    """When failures ended that the application may have counted in a row, at the most."""
    _open: float | None = None
    _probe: Attempt | None = None
    _probed: bool = False
    """Whether the present opening comes from a failed probe: then no call can be on its way."""
    _culprits: list[Attempt] = field(default_factory=list)
    _since_passed: deque[Attempt] = field(default_factory=deque)
    """The last failures since a success, at most ``threshold`` of them, whatever the state."""

    def says_open(self, at: float) -> None:
        """The application's own record shows it opening from closed."""
        failed = list(self._since_passed)
        if self._open is None and len(failed) < self.figures.threshold:
            self.tally.breach(
                "opened early",
                f"the breaker opened at {at:.3f} s after {len(failed)} failed calls in a row; "
                f"{self.figures.threshold} are due",
                [a.call for a in failed],
            )

    def begins(self, at: float, attempt: Attempt) -> None:
        """A call reached the dependency."""
        self.last_begin = at
        if self._open is None:
            return
        if self._probe is not None:
            self._beside(at, attempt, self._probe)
            return
        since = at - self._open
        if not self._probed and since <= self.figures.slack:
            return
        if since < self.figures.recovery - self.figures.early:
            self.tally.breach(
                "call while open",
                f"{attempt.call.name} was called {since:.2f} s after "
                f"{'a probe failed' if self._probed else self._reason()}; no call is due for "
                f"{self.figures.recovery:g} s",
                [*(a.call for a in self._culprits[-self.figures.threshold :]), attempt.call],
                key=attempt.call.key, operation=attempt.call.name,
            )  # fmt: skip
            return
        self._probe = attempt

    def ends(self, at: float, attempt: Attempt) -> None:
        """A call's caller knows how it went."""
        self._remember(at, attempt)
        if self._open is None:
            if self._could_count(at, attempt):
                self._count(at, attempt)
            else:
                self._perhaps(at, attempt)
        elif attempt is self._probe:
            self._probe_ended(at, attempt)
        elif attempt.began <= self._open + self.figures.slack:
            self._straggler(at, attempt)

    def _could_count(self, at: float, attempt: Attempt) -> bool:
        """Whether nothing befell the count while its caller wrote it down."""
        first = bisect_left(self.lost, attempt.began)
        return first == len(self.lost) or self.lost[first] > at + self.figures.slack

    def _remember(self, at: float, attempt: Attempt) -> None:
        row = self._since_passed
        if attempt.fate is not Fate.PASSED:
            row.append(attempt)
            if len(row) > self.figures.threshold:
                row.popleft()
            return
        while row and row[0].known <= at - self.figures.slack:
            row.popleft()

    def _reason(self) -> str:
        return f"{self.figures.threshold} failures in a row"

    def _beside(self, at: float, attempt: Attempt, probe: Attempt) -> None:
        """A call while a probe is under way: allowed only once the probe's lease is over."""
        if at >= probe.began + self.figures.lease - self.figures.early:
            self._probe = attempt
            return
        self.tally.breach(
            "second probe",
            f"{attempt.call.name} was called {at - probe.began:.2f} s after a probe began that "
            "had not ended; exactly one probe is due",
            [probe.call, attempt.call], key=attempt.call.key, operation=attempt.call.name,
        )  # fmt: skip

    def _probe_ended(self, at: float, probe: Attempt) -> None:
        self._probe = None
        if probe.fate is Fate.FAILED:
            self._open, self._probed, self._culprits = at, True, [probe]
            return
        if probe.fate is Fate.PASSED:
            self.closed += 1
        self._restart(at)

    def _restart(self, at: float) -> None:
        """Closed from now on, or nobody knows: count afresh."""
        self._epoch, self._open, self._probed = at, None, False
        self._row.clear()
        self._most.clear()

    def _perhaps(self, at: float, attempt: Attempt) -> None:
        """A call ended while the breaker is closed, and counting it met a fault: it may have been
        written down in the end, and then opened it, or not."""
        if attempt.fate is Fate.PASSED:
            self._passed = at
            self._row.clear()
        elif len(self._row) + 1 >= self.figures.threshold:
            self._restart(at)

    def _count(self, at: float, attempt: Attempt) -> None:
        """A call ended while the breaker is closed."""
        slack = self.figures.slack
        if attempt.fate is Fate.PASSED:
            self._passed = at
            self._row.clear()
            while self._most and self._most[0] <= at - slack:
                self._most.popleft()
            return
        self._most.append(at)
        sure = attempt.fate is Fate.FAILED and attempt.began >= self._epoch
        if attempt.fate is Fate.MAYBE:
            self._row.clear()
        elif sure and at > self._passed + slack:
            self._row.append(attempt)
        if len(self._row) < self.figures.threshold:
            return
        perhaps = self._most[self.figures.threshold - 1]
        if perhaps < at - self.figures.early:
            # It may have opened earlier, by calls whose outcome or order isn't sure.
            self._restart(at)
            self._passed = at
            return
        self._opens(at)

    def _opens(self, at: float) -> None:
        self.opened += 1
        self._open, self._probed = at, False
        self._culprits = list(self._row)
        self._row.clear()
        self._most.clear()
        self._behind(self._culprits)

    def _straggler(self, at: float, attempt: Attempt) -> None:
        """A call let through before it opened ended now."""
        if self._open is None or self._probed:
            return
        if attempt.fate is Fate.FAILED:
            self._culprits.append(attempt)
            self._behind(self._culprits)
        elif at <= self._open + self.figures.slack:
            # Its success may have been counted among the failures: perhaps it never opened.
            self.opened -= 1
            self._restart(self._open)
            self._passed = at

    def _behind(self, failures: list[Attempt]) -> None:
        seen = {a.environment for a in failures if a.environment is not None}
        self.environments = max(self.environments, len(seen))
