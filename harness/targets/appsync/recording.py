"""Every operation in the history: when it came in, and what became of it."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Protocol

from harness.model import Json, Kind
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.document import Prepared

_PERHAPS = ("ExecutionTimeout", "Lambda:")
"""Errors after which something may have happened."""


class Record(Protocol):
    """Told of each operation twice: ``invoke``, then how it ended, with the same number."""

    def __call__(self, kind: Kind, number: int, name: str, value: Json) -> None:
        """``name`` is like ``mutation submitOrder``; the value holds no credentials."""
        ...


class Log:
    """Numbers operations and tells of them; tells nobody when there is nobody to tell."""

    def __init__(
        self, record: Callable[..., None] | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._record = record
        self._clock = clock
        self._numbers = count(1)

    def begin(
        self, prepared: Prepared, caller: Caller, variables: Mapping[str, Json]
    ) -> Callable[[Mapping[str, Json]], None]:
        """An operation starts; call what this gives with its body when it ends."""
        record = self._record
        if record is None:
            return lambda _: None
        number, start = next(self._numbers), self._clock()
        name = " ".join((prepared.kind, *prepared.fields))
        value = {"mode": str(caller.mode), "caller": caller.name, "variables": dict(variables)}
        record("invoke", number, name, value)

        def end(body: Mapping[str, Json]) -> None:
            seconds = round(self._clock() - start, 4)
            record(_kind(body, prepared.kind), number, name, {"seconds": seconds, **body})

        return end


def _kind(body: Mapping[str, Json], operation: str) -> Kind:
    """Refused before anything could happen is ``fail``; a mutation's failing function is not."""
    errors = body.get("errors") or ()
    if not errors:
        return "ok"
    kinds = [str(error.get("errorType") or "") for error in errors]
    if operation == "mutation" and any(kind.startswith(_PERHAPS) for kind in kinds):
        return "info"
    data = body.get("data")
    return "ok" if data and any(x is not None for x in data.values()) else "fail"
