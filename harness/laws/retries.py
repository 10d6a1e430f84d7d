"""Failed calls are tried again, as often and as far apart as promised."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.entities import changes
from harness.laws.parameters import FromParameter, Number, Numbers, number, numbers
from harness.laws.provider import Attempt, Fate, attempts
from harness.laws.reading import answer, dig, whole
from harness.laws.workers import unaware
from harness.model import History, Judgement


class Retries(BaseLaw):
    """After a failed call the next one for the same key waits as the schedule says.

    ``waits[n-1]`` seconds go by between failed attempt n and the next: never less (``early``
    seconds of clock tolerance), and, where ``late`` is given, never more than the wait, its
    ``jitter`` share and ``late`` seconds. The upper bound is not held against a key while
    ``unless`` (the observed state of a breaker) says that calls are being refused. After
    ``len(waits) + 1`` failures the key is left alone for at least ``pause`` seconds. A refusal
    (4xx) is an answer and ends the row, unless it was planned as a fault.

    One of ``prompts`` (a call that has somebody's work go on, its own or everybody's) gives fresh
    attempts at once. Not every attempt gets as far as the call. Where the ``redrives`` of an
    ``entity`` are counted (a path in its observed value), one begins the row anew, however many
    calls were seen before it: whether its delay was kept is for a law of dead letters. An attempt
    whose process was killed, before or after its call, may not have been counted: the wait after it
    is the queue's. Of two workers that are at an entity at once, neither knows of the other's
    failure.
    """

    kind: Literal["retries"] = "retries"
    call: str
    waits: Numbers
    by: str | None = None
    """Path in the call's value that groups calls beside the key, such as a reference."""
    jitter: float = 0.1
    early: float = 0.25
    late: Number | None = None
    pause: Number = 0.0
    timeout: Number | None = None
    unless: str | None = None
    """Name of the records that show a breaker's state; unless CLOSED, it excuses lateness."""
    prompts: tuple[str, ...] = ()
    entity: str = ""
    redrives: str = ""

    def judge(self, history: History) -> Judgement:
        """Walk through the calls of each key once."""
        tally = Tally(self.name)
        waits = numbers(self.waits, history)
        timeout = None if self.timeout is None else number(self.timeout, history)
        bounds = _Bounds(
            waits, self.jitter, self.early,
            None if self.late is None else number(self.late, history),
            number(self.pause, history), self._refusing(history),
            [(c.key, c.start.at) for name in self.prompts for c in history.calls_of(name)],
            self._redriven(history), _killed(history), history,
        )  # fmt: skip
        rows: dict[str, _Row] = {}
        for each in attempts(history, (self.call,), timeout):
            key = each.call.key
            if key is None:
                continue
            group = f"{key} {answer(each.call, self.by)}" if self.by else key
            row = rows.setdefault(group, _Row(key))
            tally.saw += row.next(each, bounds, tally, self.call)
        return tally.judgement(f"no failed {self.call} was tried again")

    def _redriven(self, history: History) -> dict[str | None, list[float]]:
        """Entity → when its redrives were counted."""
        counts: dict[str, int] = {}
        at: dict[str | None, list[float]] = {}
        for key, change in changes(history, self.entity) if self.redrives else ():
            count = whole(dig(change.record.value, self.redrives)) or 0
            if count > counts.get(key, 0):
                at.setdefault(key, []).append(change.record.at)
            counts[key] = count
        return at

    def _refusing(self, history: History) -> list[tuple[float, float]]:
        """The spans in which a breaker let no call through."""
        spans: list[tuple[float, float]] = []
        since: float | None = None
        for record in history.by_name.get(self.unless or "", ()):
            to = record.value.get("to") if isinstance(record.value, dict) else None
            if to not in (None, "CLOSED"):
                since = record.at if since is None else since
            elif since is not None:
                spans.append((since, record.at))
                since = None
        return spans if since is None else [*spans, (since, float("inf"))]


def _killed(history: History) -> dict[str | None, list[float]]:
    """Entity → when processes that worked on it were killed; None: on nobody knows what."""
    at: dict[str | None, list[float]] = {}
    for record in history.select(feed="wire"):
        if record.kind == "info" and dig(record.value, "reason") == "kill":
            at.setdefault(record.key, []).append(record.at)
    return at


class _Bounds:
    """The schedule with its tolerances, resolved."""

    def __init__(  # one value each
        self, waits: tuple[float, ...], jitter: float, early: float, late: float | None,
        pause: float, refusing: list[tuple[float, float]], prompts: list[tuple[str | None, float]],
        redriven: dict[str | None, list[float]], killed: dict[str | None, list[float]],
        history: History,
    ) -> None:  # fmt: skip
        self.waits, self.jitter, self.early, self.late = waits, jitter, early, late
        self.pause, self._refusing, self._prompts = pause, refusing, prompts
        self._redriven, self._died, self._history = redriven, killed, history

    def afresh(self, key: str, since: float, now: float) -> bool:
        """Whether a redrive, or somebody's asking for it, gave fresh attempts in that time."""
        asked = any(k in (None, key) and since <= at <= now for k, at in self._prompts)
        return asked or _within(self._redriven.get(key, ()), since, now)

    def killed(self, key: str, since: float, now: float) -> bool:
        """Whether somebody who worked on it was killed in that time."""
        return any(_within(self._died.get(k, ()), since, now) for k in (key, None))

    def unaware(self, key: str, failed: Attempt, now: Attempt) -> bool:
        """Whether another worker made this call, which couldn't know of the failed one."""
        if failed.environment is not None and failed.environment == now.environment:
            return False
        return unaware(self._history, key, failed.began, failed.known, now.began)

    def too_often(self, since: float, now: float) -> bool:
        """Whether a key was called again before its pause was over."""
        return now - since < self.pause - self.early

    def too_late(self, failed: int, since: float, now: float) -> float | None:
        """The longest wait allowed, when it was exceeded."""
        if self.late is None or any(a < now and b > since for a, b in self._refusing):
            return None
        most = self.waits[failed - 1] * (1 + self.jitter) + self.late
        return most if now - since > most else None


def _within(times: Sequence[float], since: float, until: float) -> bool:
    return bisect_left(times, since) < bisect_right(times, until)


class _Row:
    """The failed attempts of one key since its last success."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.failed: list[Attempt] = []
        self.lost = False

    def next(self, now: Attempt, bounds: _Bounds, tally: Tally, call: str) -> int:
        """Judge the wait before this attempt; gives how many waits that were."""
        judged = 0
        if self.failed and bounds.afresh(self.key, self.failed[-1].began, now.began):
            self.failed, self.lost = [], False
        elif self.failed and bounds.killed(self.key, self.failed[-1].began, now.began):
            self.failed.pop()
        elif self.failed and bounds.unaware(self.key, self.failed[-1], now):
            self.failed.pop()  # two workers' calls side by side are one attempt of the row
        elif self.failed and not self.lost:
            judged = 1
            self._judge(now, bounds, tally, call)
        self._take(now)
        return judged

    def _judge(self, now: Attempt, bounds: _Bounds, tally: Tally, call: str) -> None:
        n, since = len(self.failed), self.failed[-1].known
        gap = now.began - since
        shown = [*(a.call for a in self.failed[-3:]), now.call]
        if n > len(bounds.waits):
            self.failed = []
            if bounds.too_often(since, now.began):
                tally.breach(
                    "too often",
                    f"{self.key}: {call} was called again {gap:.2f} s after attempt {n} of {n} "
                    f"failed; it should rest {bounds.pause:g} s",
                    shown, key=self.key, operation=call,
                )  # fmt: skip
            return
        wait = bounds.waits[n - 1]
        most = bounds.too_late(n, since, now.began)
        if gap < wait - bounds.early:
            tally.breach(
                "too soon" if n == 1 else "too soon, later on",
                f"{self.key}: attempt {n + 1} of {call} came {gap:.2f} s after the failure of "
                f"attempt {n}; the schedule says {wait:g} s",
                shown, key=self.key, operation=call,
            )  # fmt: skip
        elif most is not None:
            tally.breach(
                "too late",
                f"{self.key}: attempt {n + 1} of {call} came {gap:.2f} s after the failure of "
                f"attempt {n}; at most {most:.2f} s are allowed",
                shown, key=self.key, operation=call,
            )  # fmt: skip

    def _take(self, now: Attempt) -> None:
        planned = now.call.outcome == "fail" and now.call.fault is not None
        if now.fate is Fate.FAILED or planned:
            self.failed.append(now)
        elif now.fate is Fate.PASSED:
            self.failed, self.lost = [], False
        else:
            self.lost = True


def retries(
    call: str,
    schedule: tuple[float, ...] | FromParameter,
    *,
    by: str | None = None,
    jitter: float = 0.1,
    early: float = 0.25,
    late: float | FromParameter | None = None,
    pause: float | FromParameter = 0.0,
    timeout: float | FromParameter | None = None,
    unless: str | None = None,
    prompts: tuple[str, ...] = (),
    entity: str = "",
    redrives: str = "",
    name: str = "",
) -> Retries:
    """A failed ``call`` is repeated after the waits of ``schedule``, in seconds, and no oftener.

    ``redrives`` is the path of the redrive count in the observed value of ``entity``.
    """
    return Retries(
        name=name or f"retries of {call}",
        call=call, waits=schedule, by=by, jitter=jitter, early=early, late=late, pause=pause,
        timeout=timeout, unless=unless, prompts=prompts, entity=entity, redrives=redrives,
    )  # fmt: skip
