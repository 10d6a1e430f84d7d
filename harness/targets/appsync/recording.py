"""Every operation in the history: when it came in, and what became of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import Protocol

from harness.model import Json, Kind
from harness.sdl.outcomes import kind_of
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.document import Prepared


class Record(Protocol):
    """Told of each operation twice: ``invoke``, then how it ended, with the same number."""

    def __call__(self, kind: Kind, number: int, name: str, value: Json) -> None:
        """``name`` is like ``mutation submitOrder``; the value holds no credentials."""
        ...


@dataclass(frozen=True)
class Told:
    """One operation that somebody is told of."""

    number: int
    kind: str
    """``query``, ``mutation`` or ``subscription``."""
    tell: Callable[[Kind, Mapping[str, Json]], None]

    def end(self, body: Mapping[str, Json], kind: Kind | None = None) -> None:
        """It ends with this body; ``kind`` where the body doesn't say what became of it."""
        self.tell(kind or kind_of(body, self.kind), body)


class Log:
    """Numbers operations and tells of them; tells nobody when there is nobody to tell.

    ``told`` says by a request's headers (names in lower case) whether whoever made it tells of it:
    what is told twice would count twice.
    """

    def __init__(
        self,
        record: Callable[..., None] | None,
        clock: Callable[[], float] = time.monotonic,
        *,
        told: Callable[[Mapping[str, str]], bool] = lambda _: False,
    ) -> None:
        self._record = record
        self._clock = clock
        self._told = told
        self._numbers = count(1)

    def begin(
        self,
        prepared: Prepared,
        caller: Caller,
        variables: Mapping[str, Json],
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Told | None:
        """An operation starts; None when nobody here tells of it."""
        record = self._record
        if record is None or self._told(headers):
            return None
        number, start = next(self._numbers), self._clock()
        # A subscription's messages are something else than subscribing to it.
        verb = "subscribe" if prepared.kind == "subscription" else prepared.kind
        name = " ".join((verb, *prepared.fields))
        value = {"mode": str(caller.mode), "caller": caller.name, "variables": dict(variables)}
        record("invoke", number, name, value)

        def tell(kind: Kind, body: Mapping[str, Json]) -> None:
            record(kind, number, name, {"seconds": round(self._clock() - start, 4), **body})

        return Told(number, prepared.kind, tell)
