"""A circuit breaker, as a dependency sees it from outside."""

import heapq
from collections import deque
from collections.abc import Iterator
from typing import Literal

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.breaker_model import Figures, Watch
from harness.laws.entities import changes, lives
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.provider import Attempt, attempts
from harness.laws.reading import dig, word
from harness.model import Capability, History, Judgement, UnknownKind


class Breaker(BaseLaw):
    """A dependency that fails is left alone, asked once in a while, and used again once it works.

    - After ``threshold`` consecutive failed calls (time-out, reset, 429, 5xx), counted over all
      callers, no call begins for ``recovery`` seconds. Calls begun before may end.
    - Then exactly one call, the probe, is let through; none beside it while it lasts (at most
      ``lease`` seconds).
    - A failed probe closes the door for another ``recovery`` seconds; a successful one opens it.
    - ``waiting`` entities (in these states of ``entity``) don't wait for ever: a probe comes.

    The order in which near failures and successes were counted can't be seen from outside, so
    within ``slack`` seconds the application gets the benefit of the doubt. Failures that come
    from fewer than ``environments`` execution environments don't show that the count is shared:
    then the law is unknown, as it is when the breaker never opened or never closed again; of the
    target's capability, where its event sources were measured to have one consumer at a time.
    Of a case's history all calls count that happened meanwhile, of whatever case. A failure of
    which nobody knows whether it was counted, because just then a fault befell the ``store`` that
    keeps the count, or who wrote to it was gone before the answer, is held against nobody.
    """

    kind: Literal["breaker"] = "breaker"
    calls: tuple[str, ...]
    threshold: Number
    recovery: Number
    lease: Number
    environments: int = 3
    timeout: Number | None = None
    slack: float = 0.75
    entity: str | None = None
    waiting: tuple[str, ...] = ()
    state: str | None = None
    """Name of the records that show the application's own state of it (CLOSED, OPEN …) …"""
    dependency: str | None = None
    """… and their key for this dependency: it doesn't open before ``threshold`` failures."""
    store: str | None = None
    """The resource that keeps the count, by the name that AWS calls have for it."""
    closes: bool = True
    """Whether it must have been seen to close again."""

    def judge(self, history: History) -> Judgement:
        """Replay all calls against the rules, in the order in which they began and ended."""
        tally = Tally(self.name)
        figures = Figures(
            int(number(self.threshold, history)), number(self.recovery, history),
            number(self.lease, history), self.slack,
        )  # fmt: skip
        timeout = None if self.timeout is None else number(self.timeout, history)
        # The breaker is shared: what another case still does counts as well.
        calls = attempts(history.around, self.calls, timeout)
        watch = Watch(figures, tally, self._lost(history))
        opening = self._openings(history)
        for at, begins, attempt in _moments(calls):
            while opening and opening[0] <= at:
                watch.says_open(opening.popleft())
            if begins:
                watch.begins(at, attempt)
            else:
                watch.ends(at, attempt)
        for at in opening:
            watch.says_open(at)
        tally.saw = watch.opened
        alone = self._alone(watch, history)
        self._liveness(history, tally, watch, figures)
        return tally.judgement(
            f"never {figures.threshold} failed calls in a row of {', '.join(self.calls)} "
            f"({len(calls)} calls seen)",
            short=self._short(watch) + (f" ({Capability.QUEUE_CONCURRENCY})" if alone else ""),
            kind=UnknownKind.CAPABILITY if alone else UnknownKind.BUDGET,
        )

    def _lost(self, history: History) -> list[float]:
        """When calls to what keeps the count met a fault or ended unheard, in order."""
        if self.store is None:
            return []
        return sorted(
            call.start.at
            for call in history.around.calls
            if (call.fault is not None or call.outcome == "info")
            and dig(call.start.value, "resource") == self.store
        )

    def _openings(self, history: History) -> deque[float]:
        """When the application's own record was seen to go from closed to open."""
        if self.state is None:
            return deque()
        return deque(
            c.record.at
            for key, c in changes(history, self.state)
            if key == self.dependency and c.before in (None, "CLOSED") and c.after == "OPEN"
        )

    def _short(self, watch: Watch) -> str:
        if watch.environments < self.environments:
            return (
                f"the failures that opened it came from {watch.environments} execution "
                f"environments; {self.environments} are needed to show that the count is shared"
            )
        if self.closes and not watch.closed:
            return "it was never seen to close again"
        return ""

    def _alone(self, watch: Watch, history: History) -> bool:
        """Whether too few were seen where a queue has one consumer at a time: no number of cases
        would bring more."""
        few = watch.environments < self.environments
        can = history.header.capabilities
        return few and bool(can) and Capability.QUEUE_CONCURRENCY not in can

    def _liveness(self, history: History, tally: Tally, watch: Watch, figures: Figures) -> None:
        """Somebody waits, and for far longer than the recovery no call came."""
        if self.entity is None or not watch.opened:
            return
        end = max(Horizon.of(history).end, watch.last_begin)
        patience = 2 * figures.recovery + figures.lease + 2 * figures.slack
        if end - watch.last_begin < patience:
            return
        waiting = [
            (key, life)
            for key, life in lives(history, self.entity).items()
            if life.last.after in self.waiting and end - life.last.record.at >= patience
        ]
        if waiting:
            key, life = waiting[0]
            tally.breach(
                "no probe",
                f"{len(waiting)} {word(self.entity)}s wait (such as {key}, {life.last.after}), "
                f"but no call came for {end - watch.last_begin:.1f} s after the breaker opened; "
                f"its recovery is {figures.recovery:g} s",
                [life.last.record], key=key,
            )  # fmt: skip


def _moments(calls: list[Attempt]) -> Iterator[tuple[float, bool, Attempt]]:
    """Begins and ends in the order of time; of equal times the end comes first."""
    running: list[tuple[float, int, Attempt]] = []
    for n, attempt in enumerate(calls):
        while running and running[0][0] <= attempt.began:
            at, _, ended = heapq.heappop(running)
            yield at, False, ended
        yield attempt.began, True, attempt
        heapq.heappush(running, (attempt.known, n, attempt))
    while running:
        at, _, ended = heapq.heappop(running)
        if at != float("inf"):
            yield at, False, ended


def breaker(
    dependency: tuple[str, ...] | str,
    threshold: int | FromParameter,
    recovery: float | FromParameter,
    *,
    lease: float | FromParameter,
    environments: int = 3,
    timeout: float | FromParameter | None = None,
    slack: float = 0.75,
    entity: str | None = None,
    waiting: tuple[str, ...] = (),
    state: str | None = None,
    key: str | None = None,
    store: str | None = None,
    closes: bool = True,
    name: str = "",
) -> Breaker:
    """The calls ``dependency`` are protected by one breaker, shared by all their callers.

    ``threshold`` failures in a row open it, it half-opens after ``recovery`` seconds, a probe is
    given up after ``lease`` seconds; ``timeout`` is the caller's own for one call. ``state`` and
    ``key`` name the observed record in which the application keeps it, where there is one;
    ``store`` is the resource that calls to AWS keep it in.
    """
    calls = (dependency,) if isinstance(dependency, str) else dependency
    return Breaker(
        name=name or f"breaker of {calls[0].split('.', 1)[0]}",
        calls=calls, threshold=threshold, recovery=recovery, lease=lease,
        environments=environments, timeout=timeout, slack=slack, entity=entity, waiting=waiting,
        state=state, dependency=key, store=store, closes=closes,
    )  # fmt: skip
