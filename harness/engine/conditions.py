"""What a story waits for: conditions over records, so that waiting is watching."""

import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from harness.laws.reading import dig
from harness.model import Record


class Condition(Protocol):
    """Something that records can make true."""

    def see(self, record: Record) -> None:
        """Take in one record, in order."""
        ...

    def met(self) -> bool:
        """Whether it is true now."""
        ...

    def missing(self) -> str:
        """What is still missing, for a person."""
        ...


class Reaches:
    """Every one of these entities is in one of these states, as these records show.

    ``field`` is the dotted path of the state in a record's value.
    """

    def __init__(
        self, name: str, keys: Iterable[str], states: Collection[str | int], *, field: str = "to"
    ) -> None:
        self._name = name
        self._states = states
        self._field = field
        self._now: dict[str, str | int | None] = dict.fromkeys(keys)

    def see(self, record: Record) -> None:
        """Follow the entity's state."""
        if record.name == self._name and record.key in self._now:
            state = dig(record.value, self._field)
            self._now[record.key] = state if isinstance(state, str | int) else None

    def at(self, state: str | int) -> frozenset[str]:
        """Who was seen there last."""
        return frozenset(key for key, now in self._now.items() if now == state)

    def met(self) -> bool:
        """All are there."""
        return all(state in self._states for state in self._now.values())

    def missing(self) -> str:
        """Who is elsewhere, and where."""
        away = {k: s for k, s in self._now.items() if s not in self._states}
        some = ", ".join(f"{k} is {s or 'unseen'}" for k, s in list(away.items())[:3])
        wanted = "/".join(sorted(map(str, self._states)))
        return f"{len(away)} of {len(self._now)} not in {wanted}: {some}"


class Seen:
    """At least ``count`` records satisfy a predicate."""

    def __init__(self, what: str, test: Callable[[Record], bool], count: int = 1) -> None:
        self._what = what
        self._test = test
        self._count = count
        self._seen = 0

    def see(self, record: Record) -> None:
        """Count it if it is one."""
        self._seen += self._test(record)

    def met(self) -> bool:
        """Enough were seen."""
        return self._seen >= self._count

    def missing(self) -> str:
        """How many are missing."""
        return f"{self._what}: {self._seen} of {self._count} seen"


class Past:
    """A moment that the application named (such as the end of a window) is over."""

    def __init__(self, moment: float, clock: Callable[[], float] = time.time) -> None:
        self._moment = moment
        self._clock = clock

    def see(self, record: Record) -> None:
        """Records don't change the time."""

    def met(self) -> bool:
        """It is later."""
        return self._clock() > self._moment

    def missing(self) -> str:
        """How long it still takes."""
        return f"{self._moment - self._clock():.1f} s are left"
