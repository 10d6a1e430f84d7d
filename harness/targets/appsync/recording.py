"""Every operation in the history: when it came in, and what became of it."""

import time
from collections.abc import Callable, Mapping
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
    ) -> Callable[[Mapping[str, Json]], None]:
        """An operation starts; call what this gives with its body when it ends."""
        record = self._record
        if record is None or self._told(headers):
            return lambda _: None
        number, start = next(self._numbers), self._clock()
        name = " ".join((prepared.kind, *prepared.fields))
        value = {"mode": str(caller.mode), "caller": caller.name, "variables": dict(variables)}
        record("invoke", number, name, value)

        def end(body: Mapping[str, Json]) -> None:
            seconds = round(self._clock() - start, 4)
            record(kind_of(body, prepared.kind), number, name, {"seconds": seconds, **body})

        return end
