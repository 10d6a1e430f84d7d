"""Dead letters: redriven with growing delays, then handed to people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Literal

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.effects import Effect
from harness.laws.entities import Change, changes
from harness.laws.parameters import FromParameter, Number, Numbers, number, numbers
from harness.laws.reading import dig, has, moment, whole, word
from harness.laws.workers import wrote_late
from harness.model import History, Judgement, Record

_APPEARED = (None, "appeared")
"""What a queue's record says of a message that is new there."""
_NOBODY = "a message that names no entity"
_SIGHT = 2.0
"""Seconds by which a peeked queue may be seen later than the entity's own record."""


@dataclass
class _Case:
    """What was seen of one key."""

    letters: list[Record] = field(default_factory=list)
    redrives: list[tuple[int, Change]] = field(default_factory=list)
    moves: list[Change] = field(default_factory=list)
    attention: Change | None = None
    alerts: list[Record] = field(default_factory=list)
    parked: list[Record] = field(default_factory=list)
    prompts: list[float] = field(default_factory=list)
    count: int = 0
    last: Change | None = None

    def prompted(self, start: float, end: float) -> bool:
        """Whether something else brought work in that time."""
        return any(start <= at <= end for at in self.prompts)

    def rescued(self, left: Change, patience: float) -> bool:
        """Whether it was taken on again before anybody had to be told."""
        later = (c for c in self.moves if c.moved and c.record.at > left.record.at)
        again = next(later, None)
        return again is not None and again.record.at - left.record.at < patience

    @property
    def shown(self) -> list[Record]:
        """The records that tell its story, in order."""
        told = [*self.letters, *(c.record for _, c in self.redrives), *self.alerts]
        told += [c.record for c in (self.attention,) if c is not None]
        return sorted(told, key=lambda r: r.at)


class DeadLetters(BaseLaw):
    """A dead letter is redriven with growing delays, then a person is told; none is dropped.

    - Redrive n of an entity raises its ``count`` by one, and its work isn't tried again before
      ``schedule[n-1]`` seconds went by (unless one of ``prompts``, such as a webhook, brought
      new work for it, or a worker that had it since before the redrive only now ended). There are
      no more redrives than delays.
    - An entity is given up (state ``attention`` or ``parked`` message, and alert ``exhausted``)
      only after all redrives; whoever stays in ``attention`` has an alert.
    - A letter is followed by a redrive, by attention or by progress. One that names no known
      entity comes back at the same growing distances, then lies in ``parked`` with an alert.

    Peeking can miss a letter that is taken at once, so missing letters are never held against
    the application; what it did with an entity is seen in the entity's own records.
    """

    kind: Literal["dead_letters"] = "dead_letters"
    queues: tuple[str, ...]
    schedule: Numbers
    entity: str
    count: str
    attention: str
    alert: Effect
    exhausted: Effect
    parked: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    early: float = 0.3
    patience: Number = 30.0
    written: str = ""
    """Path of when the entity says that it was written: a stream may show one write late, and the
    next one soon after it."""

    def judge(self, history: History) -> Judgement:
        """Gather each key's story in one pass over the records concerned, then judge it."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        delays, patience = numbers(self.schedule, history), number(self.patience, history)
        cases = self._cases(history)
        nobody = cases[_NOBODY].alerts if _NOBODY in cases else []
        for key, case in cases.items():
            if not (case.letters or case.redrives or case.alerts or case.attention):
                continue
            tally.saw += len(case.letters) + len(case.redrives) + (case.attention is not None)
            self._redrives(tally, key, case, delays, history)
            self._given_up(tally, key, case, delays, horizon, patience)
            self._distances(tally, key, case, delays)
            told = bool(case.alerts or nobody)
            self._dropped(tally, key, case, told, horizon, patience + sum(delays))
        return tally.judgement(f"nothing was seen in {', '.join(self.queues)}")

    def _cases(self, history: History) -> dict[str, _Case]:
        cases: dict[str, _Case] = {}

        def of(key: str | None) -> _Case:
            return cases.setdefault(_NOBODY if key is None else key, _Case())

        for queue in self.queues:
            for record in _arrivals(history, queue):
                of(record.key).letters.append(record)
        for queue in self.parked:
            for record in _arrivals(history, queue):
                of(record.key).parked.append(record)
        for record in self.alert.of(history):
            of(record.key).alerts.append(record)
        for key, change in changes(history, self.entity):
            self._change(of(key), change)
        for name in self.prompts:
            for record in history.by_name.get(name, ()):
                if record.key in cases:
                    cases[record.key].prompts.append(record.at)
        for case in cases.values():
            case.letters.sort(key=lambda r: r.at)
        return cases

    def _change(self, case: _Case, change: Change) -> None:
        count = self._counted(change)
        if count > case.count:
            case.redrives.append((count, change))
        elif change.moved and change.after == self.attention:
            case.attention = change
        case.moves.append(change)
        case.count, case.last = count, change

    def _redrives(  # each of a story
        self, tally: Tally, key: str, case: _Case, delays: tuple[float, ...], history: History
    ) -> None:
        """Each redrive is the next one, there are not too many, and each keeps its delay."""
        who, known = f"{word(self.entity)} {key}", 0
        at = {id(c): i for i, c in enumerate(case.moves)}
        for count, change in case.redrives:
            before = at[id(change)] - 1
            known = self._counted(case.moves[before]) if before >= 0 else count - 1
            if count != known + 1:
                tally.breach(
                    "count jumped", f"{who}: redrive {known} was followed by redrive {count}",
                    case.shown, key=key,
                )  # fmt: skip
            if count > len(delays):
                tally.breach(
                    "too many redrives",
                    f"{who} was redriven {count} times; {len(delays)} are allowed",
                    case.shown, key=key,
                )  # fmt: skip
                continue
            following = case.moves[at[id(change)] + 1 :][:1]
            begun = partial(wrote_late, history, key, change.record.at)
            self._kept(tally, key, case, count, change, following, delays[count - 1], begun)

    def _kept(  # one redrive in full
        self, tally: Tally, key: str, case: _Case, count: int, change: Change,
        following: Iterable[Change], delay: float, begun: Callable[[float], bool],
    ) -> None:  # fmt: skip
        """The next write of the entity is work of its step: not before the delay is over."""
        start = change.record.at
        for after in following:
            gap = self._between(change, after)
            excused = case.prompted(start, after.record.at) or begun(after.record.at)
            if gap < delay - self.early and not excused:
                tally.breach(
                    "delay not kept",
                    f"{word(self.entity)} {key}: {gap:.2f} s after redrive {count} it was worked "
                    f"on again; the delay is {delay:g} s",
                    [change.record, after.record], key=key,
                )  # fmt: skip

    def _between(self, one: Change, other: Change) -> float:
        """Seconds between two writes."""
        before, after = (moment(dig(c.record.value, self.written)) for c in (one, other))
        if before is None or after is None:
            return other.record.at - one.record.at
        return after - before

    def _counted(self, change: Change) -> int:
        return whole(dig(change.record.value, self.count)) or 0

    def _given_up(  # one story in full
        self, tally: Tally, key: str, case: _Case, delays: tuple[float, ...], horizon: Horizon,
        patience: float,
    ) -> None:  # fmt: skip
        who, left = f"{word(self.entity)} {key}", case.attention
        last = [r for r in case.alerts if _is(self.exhausted, r)]
        most = max((count for count, _ in case.redrives), default=0)
        if left is not None and not case.alerts and not case.rescued(left, patience):
            if horizon.past(left.record.at, patience):
                tally.breach(
                    "no alert", f"{who} is {self.attention}, but nobody was told", case.shown,
                    key=key,
                )  # fmt: skip
            else:
                tally.leave(key)
        if last and case.last is not None and most < len(delays):
            tally.breach(
                "given up early",
                f"{who} was given up after {most} redrives; {len(delays)} are due",
                case.shown, key=key,
            )  # fmt: skip
        if last and case.last is not None and left is None and not case.parked:
            if horizon.past(last[-1].at, patience):
                tally.breach(
                    "alert without attention",
                    f"{who}: people were told, but it is {case.last.after}, not {self.attention}",
                    case.shown, key=key,
                )  # fmt: skip
            else:
                tally.leave(key)

    def _distances(self, tally: Tally, key: str, case: _Case, delays: tuple[float, ...]) -> None:
        """Letters without an entity: told apart only by when they come back."""
        if case.last is not None or key == _NOBODY:
            return
        n = -1
        for a, b in pairwise(case.letters):
            # What was parked between them has ended: the next is another message like it.
            n = -1 if any(a.at <= p.at < b.at for p in case.parked) else n + 1
            if n < 0:
                continue
            if n >= len(delays):
                tally.breach(
                    "too many redrives", f"the message {key} came back {n + 1} times as a dead "
                    f"letter; {len(delays)} redrives are allowed", case.shown, key=key,
                )  # fmt: skip
                return
            if b.at - a.at < delays[n] - self.early:
                tally.breach(
                    "delay not kept", f"the message {key} was a dead letter again "
                    f"{b.at - a.at:.2f} s after redrive {n + 1}; the delay is {delays[n]:g} s",
                    [a, b], key=key,
                )  # fmt: skip

    def _dropped(  # one story in full
        self, tally: Tally, key: str, case: _Case, told: bool, horizon: Horizon, patience: float
    ) -> None:
        if not case.letters:
            return
        last = case.letters[-1]
        if case.last is not None:
            kept = any(c.record.at >= last.at - _SIGHT for c in case.moves)
        else:
            kept = bool(case.parked) and told
        if kept:
            return
        if not horizon.past(last.at, patience):
            tally.leave(key)
            return
        what = (
            "was neither redriven nor given to people"
            if case.last is not None or not case.parked
            else "was put aside, but nobody was told"
        )
        tally.breach(
            f"dropped: {what}", f"the dead letter of {key} at {last.at:.3f} s {what}", case.shown,
            key=key,
        )  # fmt: skip


def _arrivals(history: History, queue: str) -> list[Record]:
    return [r for r in history.by_name.get(queue, ()) if dig(r.value, "event") in _APPEARED]


def _is(effect: Effect, record: Record) -> bool:
    return record.name == effect.record and has(record.value, effect.where)


def dead_letters(
    queues: tuple[str, ...] | str,
    schedule: tuple[float, ...] | FromParameter,
    *,
    entity: str,
    count: str,
    attention: str,
    alert: Effect,
    exhausted: Effect | None = None,
    parked: tuple[str, ...] = (),
    prompts: tuple[str, ...] = (),
    early: float = 0.3,
    patience: float | FromParameter = 30.0,
    written: str = "",
    name: str = "",
) -> DeadLetters:
    """Letters in ``queues`` are redriven after the delays of ``schedule`` (s), then alerted.

    ``count`` is the path of the redrive count in the entity's observed value, ``written`` that of
    the time of its write (ISO 8601), ``exhausted`` the alert that says that all redrives were used.
    """
    return DeadLetters(
        name=name or "dead letters are redriven, then handed to people",
        queues=(queues,) if isinstance(queues, str) else queues,
        schedule=schedule, entity=entity, count=count, attention=attention, alert=alert,
        exhausted=exhausted or alert, parked=parked, prompts=prompts, early=early,
        patience=patience, written=written,
    )  # fmt: skip
