"""Subscribe, then close the gap by a query: how a client sees every step once and in order.

A subscription promises little: a message may come twice, late or, while the connection was away,
not at all. What makes it whole is a number of the entity's own, a word on what each step comes
after, and a query of how things stand:

1. subscribe and wait until the subscription *stands*, so that nothing can happen unheard;
2. then query the present state, which closes the gap to whatever happened before;
3. from then on take the messages: drop what was shown already, hold back what comes before its
   predecessor, and query again where a predecessor doesn't come.

After a reconnect it begins anew at 1.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from harness.clients.subscription import Ended, Message, Standing, Subscription
from harness.model import Json

_PAUSE = 0.2
"""Seconds between two queries while something is still missing."""


@dataclass(frozen=True)
class Step:
    """One state of one entity."""

    key: str
    sequence: int
    """Grows with each step of the entity: what isn't greater was before."""
    value: Json
    state: Json
    """What its successor names as the one that it comes after."""
    after: Json
    """Its predecessor's ``state``; None for the entity's first."""
    via: Literal["message", "query"] = "message"

    @classmethod
    def numbered(cls, key: str, sequence: int, value: Json) -> "Step":
        """For an entity that counts its steps without a gap: 1, 2, 3 …"""
        return cls(key, sequence, value, sequence, sequence - 1 or None)

    @classmethod
    def linked(cls, key: str, sequence: int, value: Json, *, state: Json, after: Json) -> "Step":
        """For one whose number grows with other changes, too: each step says what it comes after,
        such as the status that an order had before."""
        return cls(key, sequence, value, state, after)


class Steps:
    """Puts steps in order, for any number of entities."""

    def __init__(self) -> None:
        self._shown: dict[str, Step] = {}
        self._held: dict[str, dict[int, Step]] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Entities of which a step is held back, because its predecessor hasn't come."""
        return tuple(key for key, held in self._held.items() if held)

    def take(self, step: Step) -> list[Step]:
        """A message came: what can be shown now, in order. Repeats show nothing."""
        if self._is_old(step):
            return []
        self._held.setdefault(step.key, {})[step.sequence] = step
        return self._ready(step.key)

    def catch_up(self, step: Step) -> list[Step]:
        """A query said how an entity stands: what came before is covered by it."""
        if self._is_old(step):
            return []
        before = self._shown.get(step.key)
        self._show(step)
        # The number may have grown for something that is no step.
        news = [] if before is not None and before.state == step.state else [step]
        return news + self._ready(step.key)

    def _is_old(self, step: Step) -> bool:
        shown = self._shown.get(step.key)
        return shown is not None and step.sequence <= shown.sequence

    def _show(self, step: Step) -> None:
        self._shown[step.key] = step
        held = self._held.get(step.key, {})
        for covered in [n for n in held if n <= step.sequence]:
            del held[covered]

    def _ready(self, key: str) -> list[Step]:
        held, ready = self._held.get(key, {}), []
        while held:
            first = held[min(held)]
            shown = self._shown.get(key)
            if first.after != (shown.state if shown else None):
                break
            self._show(first)
            ready.append(first)
        return ready


@dataclass
class Follower:
    """Follows what a subscription is about until it is over.

    Args:
        present: queries how everything that is followed stands now; None when that failed.
        step: reads a step out of a message or a query's answer; None where there is none.
        show: told of each step, once and in order.
    """

    subscription: Subscription
    present: Callable[[], Awaitable[Iterable[Json] | None]]
    step: Callable[[Json], Step | None]
    show: Callable[[Step], None]
    _steps: Steps = field(default_factory=Steps)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the first query has told how things stand."""
    _unknown: bool = True
    """Whether something may have happened that only a query can tell."""

    async def run(self) -> Ended:
        """Begin the subscription and follow it; gives how it ended."""
        first = await self.subscription.begin()
        if isinstance(first, Ended):
            return first
        while True:
            match await self._next():
                case Standing():
                    self._unknown = True
                case Message(value=value):
                    self._take(value)
                case Ended() as ended:
                    return ended
            # What was heard meanwhile may be all that was missing.
            if self._behind and self.subscription.heard.empty():
                await self._catch_up()

    @property
    def _behind(self) -> bool:
        return self._unknown or bool(self._steps.missing)

    async def _next(self) -> Standing | Message | Ended | None:
        wait = _PAUSE if self._behind else None
        try:
            async with asyncio.timeout(wait):
                return await self.subscription.heard.get()
        except TimeoutError:
            return None

    def _take(self, value: Json) -> None:
        step = self.step(value)
        for ready in self._steps.take(step) if step else ():
            self.show(ready)

    async def _catch_up(self) -> None:
        states = await self.present()
        if states is None:
            return
        self._unknown = False
        for state in states:
            step = self.step(state)
            if step is None:
                continue
            for ready in self._steps.catch_up(replace(step, via="query")):
                self.show(ready)
        self.caught_up.set()
