"""Findings (the application is wrong) and unknowns (the harness could not tell)."""

import hashlib
from enum import StrEnum

from pydantic import SerializerFunctionWrapHandler, model_serializer

from harness.model.frozen import Frozen, Json
from harness.model.stage import Capability


class Exchange(Frozen):
    """A request and its answer, redacted, as a person would want to read them."""

    request: str
    response: str
    status: int | None = None
    seconds: float | None = None


class Finding(Frozen):
    """One deduplicated failure of the application, with what a person needs to mend it."""

    law: str
    """The law or check that was broken."""
    title: str
    """One line: what happened, in the application's terms."""
    detail: str = ""
    unit: str = ""
    operation: str | None = None
    keys: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    calls: tuple[int, ...] = ()
    """The records that show it."""
    exchange: Exchange | None = None
    logs: tuple[str, ...] = ()
    """Log lines and traceback of the invocation behind it."""
    story: tuple[str, ...] = ()
    """The shrunk case, step by step."""
    reproduce: str = ""
    """The command that shows it again."""
    fingerprint: str = ""
    seen: int = 1
    """How many times it was seen before deduplication."""


def fingerprint(*parts: str | None) -> str:
    """A short stable id of a finding, of what makes two of them the same one."""
    return hashlib.sha256("\0".join(p or "" for p in parts).encode()).hexdigest()[:12]


class UnknownKind(StrEnum):
    """Why the harness could not tell; see ``Unknown.excused`` for what that means to exit codes."""

    CAPABILITY = "capability"
    """The target was measured to lack something."""
    BUDGET = "budget"
    """Fewer cases (whose faults fired) or entities than the unit asks for."""
    NOTHING_SEEN = "nothing seen"
    """A law saw nothing it could judge in a whole unit."""
    NOT_REACHED = "not reached"
    """A planned fault didn't fire."""
    UNDECIDED = "undecided"
    """A law that judged the others could not tell of some: an outcome was left open."""
    LAW_ERROR = "law crashed"
    HARNESS_ERROR = "harness error"


_EXCUSED = (UnknownKind.CAPABILITY, UnknownKind.NOT_REACHED, UnknownKind.UNDECIDED)


class Unknown(Frozen):
    """One thing the harness could not tell, and why."""

    kind: UnknownKind
    what: str
    """The unit, law or operation concerned."""
    why: str
    unit: str = ""
    capabilities: tuple[Capability, ...] = ()
    """Of a ``capability``: those that are lacking."""
    answer: tuple[str, str] | None = None
    """The operation and the status that it is about, where it is about one answer."""

    @model_serializer(mode="wrap")
    def _without_the_empty(self, dump: SerializerFunctionWrapHandler) -> dict[str, Json]:
        """As versions before these fields read it, wherever nothing is in them."""
        empty = (("capabilities", self.capabilities), ("answer", self.answer))
        absent = {name for name, value in empty if not value}
        return {name: value for name, value in dump(self).items() if name not in absent}

    @property
    def excused(self) -> bool:
        """Whether it leaves ``verify``'s exit code alone."""
        return self.kind in _EXCUSED
