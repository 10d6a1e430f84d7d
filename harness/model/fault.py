"""Faults as data: where, which call, before or after its effect, and what happens."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from harness.model.frozen import Frozen, Json

Place = Literal["before", "after"]
"""Relative to the effect of the call that is failed."""

Attempts = Literal["first", "every"] | Annotated[int, Field(ge=1)]
"""Which attempts of an SDK call that retries by itself."""

PerKey = bool | Literal["one"]
"""Whether calls are counted for each key: then the nth call of every key is failed, or (``one``)
that of the key that gets there first, and no other."""

Nth = Annotated[int, Field(ge=1)] | Literal["every"]

_SHOWN = 60
"""Characters of a predicate."""

_SCOPES: dict[PerKey, str] = {False: "", True: "/key", "one": "/one key"}


def which(nth: Nth, per_key: PerKey) -> str:
    """In words, which calls at a point."""
    return ("every" if nth == "every" else f"#{nth}") + _SCOPES[per_key]


def _asking(match: Mapping[str, Json]) -> str:
    """A predicate in words: the whole of a short one."""
    said = ", ".join(f"{name} {value}" for name, value in match.items())
    if len(said) > _SHOWN:
        said = f"{said[:_SHOWN]}… {sha256(said.encode()).hexdigest()[:4]}"
    return f" ({said})" if said else ""


class Point(Frozen):
    """Where a fault can happen."""

    service: str
    """An AWS service's name as botocore has it, or a double's name."""
    operation: str
    function: str | None = None
    resource: str | None = None
    match: dict[str, Json] = Field(default_factory=dict)
    """A predicate on the request: these fields have these values."""

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def what(self) -> str:
        """What is asked of what, in words; two points differ in it or in their function."""
        where = f"@{self.resource}" if self.resource else ""
        return f"{self}{where}{_asking(self.match)}"


class Action(Frozen):
    """What happens to the call.

    ``do`` is one of the actions that every host knows (``error latency reset truncate lose
    malformed duplicate hold kill``), one of the wire's (``throttle reorder stale partial``), or one
    that a double declares (``decline``, ``refuse`` …).
    """

    do: str
    status: int | None = None
    code: str | None = None
    seconds: float | None = None
    arguments: dict[str, Json] = Field(default_factory=dict)

    def __str__(self) -> str:
        detail = [str(x) for x in (self.status, self.code) if x is not None]
        if self.seconds is not None:
            detail.append(f"{self.seconds:g} s")
        return f"{self.do}({', '.join(detail)})" if detail else self.do


class Fault(Frozen):
    """One thing that is made to go wrong, as planned."""

    at: Point
    nth: Nth = 1
    """Which call, counted within the case; within a key when ``per_key``."""
    per_key: PerKey = False
    place: Place = "before"
    do: Action
    attempts: Attempts = "every"
    probability: float | None = Field(default=None, gt=0, le=1)
    """Only for rules of outside tools; such a plan is not replayable."""

    @property
    def id(self) -> str:
        """Its name in the history: stable over runs, since it is made of its own data."""
        caller = f" by {self.at.function}" if self.at.function else ""
        tries = (
            ""
            if self.attempts == "every"
            else f" at attempt {1 if self.attempts == 'first' else self.attempts}"
        )
        count = which(self.nth, self.per_key)
        return f"{self.at.what}{caller} {count} {self.place} {self.do}{tries}"


class Plan(Frozen):
    """The faults of one case."""

    faults: tuple[Fault, ...] = ()


class Firing(Frozen):
    """A fault that was seen to happen."""

    fault: str
    call: int
    at: float
    case: str | None = None
