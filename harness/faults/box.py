"""The faults in force: which call each is for, and which of them were seen to happen."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from harness.faults.matching import Asked, matches
from harness.model import Fault, Firing, Json
from harness.recorder import Recorder


@dataclass
class _Planned:
    """A fault, with the counting that is its own."""

    fault: Fault
    stays: bool = False
    """Whether only who injected it takes it back: it is no case's."""
    active: bool = True
    fired: bool = False
    instead: "_Planned | None" = None
    """What befell a call that it was for, too."""
    key: str | None = None
    """Whose calls it is for, once it was for one of ``one`` key's."""
    counts: dict[str | None, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    """Which call an SDK call is, so that its further attempts aren't counted as further calls."""

    def due(self, asked: Asked, random: Random) -> bool:
        """Count the call if it is one of this fault's; whether the fault is for it."""
        if not matches(self.fault, asked) or self.key not in (None, asked.key):
            return False
        which = self._count(asked)
        if self.fault.nth not in ("every", which) or not _attempt(self.fault, asked.attempt):
            return False
        chance = self.fault.probability
        return chance is None or random.random() < chance

    def taken(self, asked: Asked) -> Fault:
        """It is for this call."""
        if self.fault.per_key == "one":
            self.key = asked.key
        return self.fault

    def _count(self, asked: Asked) -> int:
        scope = asked.key if self.fault.per_key else None
        if asked.sdk_call is not None and asked.sdk_call in self.known:
            return self.known[asked.sdk_call]
        if asked.attempt == 1 or scope not in self.counts:
            self.counts[scope] = self.counts.get(scope, 0) + 1
        if asked.sdk_call is not None:
            self.known[asked.sdk_call] = self.counts[scope]
        return self.counts[scope]


def _attempt(fault: Fault, attempt: int) -> bool:
    wanted = 1 if fault.attempts == "first" else fault.attempts
    return wanted in ("every", attempt)


class FaultBox:
    """Every host of calls asks it, call by call, whether a fault is planned. Safe from any thread.

    A call takes one fault at most: a numbered one before one for ``every`` call, else the one
    injected first. Calls are counted within the case from the moment a fault is injected; the
    attempts of one SDK call count as one call.
    """

    def __init__(self, recorder: Recorder, random: Random | None = None) -> None:
        self._recorder = recorder
        self._random = random or Random(0)  # noqa: S311  # a replayable chance, not a secret
        self._planned: list[_Planned] = []
        self._firings: list[Firing] = []
        self._lock = threading.Lock()

    def inject(self, *faults: Fault, stays: bool = False) -> None:
        """From now on these fire; their counting starts here. What ``stays`` is in force until it
        is removed, whatever case heals its own."""
        with self._lock:
            self._planned.extend(_Planned(fault, stays) for fault in faults)

    def heal(self, *ids: str) -> None:
        """Of the faults that don't stay, those with these ids, or all, fire no more. They are still
        in ``not_fired``."""
        with self._lock:
            for planned in self._planned:
                if not planned.stays and (not ids or planned.fault.id in ids):
                    planned.active = False

    def remove(self, *faults: Fault) -> None:
        """These are no longer planned at all; whoever injected them has withdrawn them."""
        with self._lock:
            self._planned = [p for p in self._planned if p.fault not in faults]

    def reset(self) -> None:
        """A new case: counts, firings and healed faults are forgotten; what is in force stays."""
        with self._lock:
            self._planned = [_Planned(p.fault, p.stays) for p in self._planned if p.active]
            self._firings = []

    def take(  # what a call is known by
        self,
        service: str,
        operation: str,
        *,
        key: str | None = None,
        function: str | None = None,
        resource: str | None = None,
        request: Mapping[str, Json] | None = None,
        attempt: int = 1,
        sdk_call: str | None = None,
        cases: tuple[str, ...] = (),
    ) -> Fault | None:
        """The fault planned for this call, if any; to be called once per attempt, before it.

        ``attempt`` and ``sdk_call`` (the SDK's invocation id) tell the attempts of one SDK call
        apart from calls of their own. ``cases`` are those that it serves; without any they are
        those of its key. Another case's late work isn't the running case's to fail or to count.
        Whoever does the fault then says so by ``fired``.
        """
        if self._of_another(cases or self._recorder.owners(key)):
            return None
        asked = Asked(service, operation, key, function, resource, request or {}, attempt, sdk_call)
        with self._lock:
            due = [p for p in self._planned if p.active and p.due(asked, self._random)]
            first = min(due, key=lambda planned: planned.fault.nth == "every", default=None)
            for planned in due:
                planned.instead = first
            return first.taken(asked) if first else None

    def _of_another(self, cases: tuple[str, ...]) -> bool:
        running = self._recorder.running
        return bool(cases and running) and not set(running) & set(cases)

    def fired(self, call: int, fault: Fault) -> None:
        """The fault happened, on this call of the history."""
        with self._lock:
            self._firings.append(Firing(fault=fault.id, call=call, at=self._recorder.now()))
            for planned in self._planned:
                if planned.fault == fault:
                    planned.fired = True

    @property
    def firings(self) -> tuple[Firing, ...]:
        """What fired since the last ``reset``, in order."""
        with self._lock:
            return tuple(self._firings)

    def not_fired(self) -> tuple[Fault, ...]:
        """What was injected since the last ``reset`` and never happened, healed or not."""
        with self._lock:
            return tuple(p.fault for p in self._planned if not p.fired)

    def not_met(self) -> tuple[Fault, ...]:
        """Of these, what didn't even have its call failed by another fault."""
        with self._lock:
            return tuple(
                p.fault
                for p in self._planned
                if not p.fired and not (p.instead and p.instead.fired)
            )
