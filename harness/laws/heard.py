"""Who subscribes hears all that happens to what is theirs: in order, in time, and nothing else."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.entities import Change, accepted, changes, lives
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.reading import caller, dig, whole, word
from harness.model import Frozen, History, Judgement, Record

_LAG = 0.5
"""Seconds of doubt between a write and its sight, around the moment a subscription stands."""


class MessagePaths(Frozen):
    """Where a message says what it tells."""

    version: str = "body.version"
    state: str = "body.status"
    before: str = "body.previousStatus"


@dataclass
class _Subscriber:
    """One subscription, with its returns."""

    who: str | None
    stands: list[tuple[float, float]] = field(default_factory=list)
    """From when to when it stood; the last one until it was left, or the history ended."""
    messages: list[Record] = field(default_factory=list)
    followed: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    """Entity → when a follower showed which of its versions, in order."""

    def stood(self, at: float) -> tuple[float, float] | None:
        """The standing that a moment lies in."""
        return next((s for s in self.stands if s[0] <= at < s[1]), None)

    def back(self, at: float, time: float) -> float | None:
        """From when it stood, at or after a moment, for as long as it was promised to take; None
        when it never did. Whoever leaves before has to be told only once they are back."""
        stood = ((max(at, start), end) for start, end in self.stands if end > at)
        return next((start for start, end in stood if end >= start + time), None)


@dataclass(frozen=True)
class _Due:
    """When a change has to have been heard."""

    within: float
    again: float
    fired: Sequence[float]
    """When faults happened, in order."""
    horizon: Horizon

    def since(self, at: float) -> float:
        """From when the time counts: the change, or, when a fault fell into its time, when the
        last one's call has been tried again."""
        for fault in self.fired[bisect_right(self.fired, at) :]:
            if fault > at + self.within:
                break
            at = fault + self.again
        return at


class Heard(BaseLaw):
    """Every change of an entity reaches its owner's subscriptions, as they promise.

    - Nobody is told of an entity that another made.
    - While a subscription stands, an entity's messages, once repeats are dropped, come in order
      and without a gap: each names the state of the one before.
    - Each change is heard within ``within`` seconds by every subscription that stood; a fault that
      fires meanwhile starts the time anew, once whoever delivers changes had ``again`` seconds to
      try again: that wait is an event source's, not the application's.
    - A follower, who closes gaps by a query, shows no step before its predecessor or twice, and
      ``within`` seconds after a change, or, where it left before these were over, after its
      subscription stood again, it shows that change or a later one.

    ``field`` is the subscription's; the records are ``subscribe onX``, ``subscription onX``,
    ``dropped onX``, ``left onX`` and ``followed onX``.
    """

    kind: Literal["heard"] = "heard"
    makes: tuple[str, ...]
    entity: str
    field: str
    within: Number
    again: float = 3.0
    paths: MessagePaths = MessagePaths()

    def judge(self, history: History) -> Judgement:
        """Look at each subscription's messages, then at each change for its owner's."""
        tally, within = Tally(self.name), number(self.within, history)
        owners = {key: caller(call) for key, call in accepted(history, self.makes).items()}
        subscribers = _subscribers(history, self.field)
        for subscriber in subscribers:
            self._foreign(tally, subscriber, owners)
            self._ordered(tally, subscriber, history)
            self._followed(tally, subscriber)
        heard = [(s, self._versions(s)) for s in subscribers]
        horizon = Horizon.of(history)
        fired = [r.at for r in history.around.records if r.fault is not None]
        for key, change in changes(history, self.entity):
            if change.version is None or not (change.created or change.moved):
                continue
            for subscriber, versions in heard:
                if subscriber.who is not None and subscriber.who == owners.get(key):
                    at = versions.get((key, change.version))
                    due = _Due(within, self.again, fired, horizon)
                    self._in_time(tally, key, change, subscriber, at, due)
        return tally.judgement(f"nobody subscribed to {self.field} of an order of theirs")

    def _foreign(
        self, tally: Tally, subscriber: _Subscriber, owners: Mapping[str, str | None]
    ) -> None:
        for record in subscriber.messages:
            owner = owners.get(record.key) if record.key is not None else None
            if owner is not None and owner != subscriber.who:
                tally.breach(
                    "another's",
                    f"{subscriber.who} was told of {word(self.entity)} {record.key}, which is "
                    f"{owner}'s",
                    [record], key=record.key, operation=record.name,
                )  # fmt: skip

    def _ordered(self, tally: Tally, subscriber: _Subscriber, history: History) -> None:
        """The messages of each standing, repeats dropped."""
        born = lives(history, self.entity)
        last: dict[tuple[float, str], tuple[int, Record]] = {}
        for record in subscriber.messages:
            standing, version = subscriber.stood(record.at), self._version(record)
            if standing is None or record.key is None or version is None:
                continue
            place = (standing[0], record.key)
            known = last.get(place)
            if known is not None and version <= known[0]:
                continue
            before = dig(record.value, self.paths.before)
            if known is not None:
                expected, shown = dig(known[1].value, self.paths.state), [known[1], record]
            elif record.key in born and born[record.key].first.record.at > standing[0] + _LAG:
                expected, shown = None, [born[record.key].first.record, record]
            else:
                expected, shown = before, []
            if before != expected:
                tally.breach(
                    "gap" if known is not None else "began in the middle",
                    f"{subscriber.who} heard that {word(self.entity)} {record.key} is "
                    f"{dig(record.value, self.paths.state)} after {before}; what was heard before "
                    f"it is {expected or 'nothing'}",
                    shown, key=record.key, operation=record.name,
                )  # fmt: skip
            last[place] = version, record

    def _followed(self, tally: Tally, subscriber: _Subscriber) -> None:
        for key, shown in subscriber.followed.items():
            for (_, before), (at, version) in pairwise(shown):
                if version <= before:
                    tally.breach(
                        "shown out of order",
                        f"{subscriber.who} was shown version {version} of {word(self.entity)} "
                        f"{key} at {at:.3f} s, after version {before}",
                        key=key,
                    )  # fmt: skip

    def _in_time(  # one change and one subscription of its owner
        self, tally: Tally, key: str, change: Change, subscriber: _Subscriber, heard: float | None,
        due: _Due,
    ) -> None:  # fmt: skip
        at, version = change.record.at, change.version or 0
        standing = subscriber.stood(at - _LAG)
        since = due.since(at)
        whole_time = standing is not None and standing[1] >= since + due.within
        if standing is not None and (whole_time or heard is not None):
            tally.saw += 1
            self._say(tally, key, change, subscriber, heard, since, due)
        back = subscriber.back(at, due.within)
        if (
            subscriber.followed
            and back is not None
            and subscriber.stands[-1][1] >= due.since(back) + due.within
        ):
            tally.saw += 1
            shown = _first(subscriber.followed.get(key, ()), version)
            self._say(tally, key, change, subscriber, shown, due.since(back), due)

    def _say(  # when it was due, and when it came
        self, tally: Tally, key: str, change: Change, subscriber: _Subscriber, came: float | None,
        since: float, due: _Due,
    ) -> None:  # fmt: skip
        what = f"{subscriber.who} heard"
        told = f"that {word(self.entity)} {key} became {change.after} (version {change.version})"
        if came is None and not due.horizon.past(since, due.within):
            tally.leave(key)
        elif came is None:
            tally.breach("never heard", f"{what} never {told}", [change.record], key=key)
        elif came - since > due.within:
            tally.breach(
                "heard late",
                f"{what} {came - since:.1f} s late {told}; promised were {due.within:g} s",
                [change.record], key=key,
            )  # fmt: skip

    def _versions(self, subscriber: _Subscriber) -> dict[tuple[str, int], float]:
        """(entity, version) → when it was heard first."""
        found: dict[tuple[str, int], float] = {}
        for record in subscriber.messages:
            version = self._version(record)
            if record.key is not None and version is not None:
                found.setdefault((record.key, version), record.at)
        return found

    def _version(self, record: Record) -> int | None:
        return whole(dig(record.value, self.paths.version))


def _first(shown: Sequence[tuple[float, int]], version: int) -> float | None:
    """When a follower first showed this version or a later one."""
    return next((at for at, seen in shown if seen >= version), None)


def _subscribers(history: History, name: str) -> list[_Subscriber]:
    found: dict[int, _Subscriber] = {}
    ends = _ends(history, name)
    for call in history.calls_of(f"subscribe {name}"):
        which = whole(dig(call.end.value, "subscriber")) if call.end is not None else None
        if call.outcome == "ok" and call.end is not None and which is not None:
            mine = ends.get(which, [])
            after = bisect_right(mine, call.end.at)
            end = mine[after] if after < len(mine) else float("inf")
            known = found.setdefault(which, _Subscriber(caller(call)))
            known.stands.append((call.end.at, end))
    for record in history.by_name.get(f"subscription {name}", ()):
        if (one := found.get(_of(record))) is not None:
            one.messages.append(record)
    for record in history.by_name.get(f"followed {name}", ()):
        one, version = found.get(_of(record)), whole(dig(record.value, "sequence"))
        if one is not None and record.key is not None and version is not None:
            one.followed.setdefault(record.key, []).append((record.at, version))
    return list(found.values())


def _ends(history: History, name: str) -> dict[int, list[float]]:
    """Subscriber → when its connection broke or it left, in order."""
    found: dict[int, list[float]] = {}
    for record in _both(history, f"dropped {name}", f"left {name}"):
        found.setdefault(_of(record), []).append(record.at)
    return {which: sorted(times) for which, times in found.items()}


def _both(history: History, *names: str) -> Iterator[Record]:
    for name in names:
        yield from history.by_name.get(name, ())


def _of(record: Record) -> int:
    return whole(dig(record.value, "subscriber")) or 0


def heard(
    field: str,
    makes: tuple[str, ...] | str,
    within: float | FromParameter,
    *,
    entity: str,
    paths: MessagePaths | None = None,
    name: str = "",
) -> Heard:
    """Subscribers of ``field`` hear every change of an ``entity`` that they made, in time."""
    return Heard(
        name=name or f"subscribers of {field} hear every change of their own",
        makes=(makes,) if isinstance(makes, str) else makes,
        entity=entity, field=field, within=within, paths=paths or MessagePaths(),
    )  # fmt: skip
