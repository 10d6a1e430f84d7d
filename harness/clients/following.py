"""Subscribe, then close the gap by a query: how a client sees every step once and in order.

A subscription promises little: a message may come twice, late or, while the connection was away,
not at all. What makes it whole is a number that each entity counts for itself, and a query of how
things stand:

1. subscribe and wait until the subscription *stands*, so that nothing can happen unheard;
2. then query the present state, which closes the gap to whatever happened before;
3. from then on take the messages: drop what was shown already, hold back what comes before its
   predecessor, and query again where a predecessor doesn't come.

After a reconnect it begins anew at 1.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
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
    """1 for the entity's first, one more for each further one."""
    value: Json
    via: Literal["message", "query"] = "message"


class Steps:
    """Puts steps in order, for any number of entities."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._held: dict[str, dict[int, Step]] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Entities of which a step is held back, because its predecessor hasn't come."""
        return tuple(key for key, held in self._held.items() if held)

    def take(self, step: Step) -> list[Step]:
        """A message came: what can be shown now, in order. Repeats show nothing."""
        if step.sequence <= self._shown.get(step.key, 0):
            return []
        self._held.setdefault(step.key, {})[step.sequence] = step
        return self._ready(step.key)

    def catch_up(self, step: Step) -> list[Step]:
        """A query said how an entity stands: what came before is covered by it."""
        if step.sequence <= self._shown.get(step.key, 0):
            return []
        self._shown[step.key] = step.sequence
        held = self._held.get(step.key, {})
        for covered in [n for n in held if n <= step.sequence]:
            del held[covered]
        return [step, *self._ready(step.key)]

    def _ready(self, key: str) -> list[Step]:
        held, ready = self._held.get(key, {}), []
        while (found := held.pop(self._shown.get(key, 0) + 1, None)) is not None:
            self._shown[key] = found.sequence
            ready.append(found)
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
            now = Step(step.key, step.sequence, step.value, "query")
            for ready in self._steps.catch_up(now):
                self.show(ready)
        self.caught_up.set()
