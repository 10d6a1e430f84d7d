"""What is explored, and what came of it."""

from enum import StrEnum

from harness.evidence import Broke
from harness.model import Frozen, Plan


class Candidate(Frozen):
    """One plan to explore: the story's own faults, and one or more besides."""

    story: str
    """The scenario's id."""
    plan: Plan
    added: tuple[str, ...]
    """Ids of the faults that are not the story's own."""
    callers: tuple[str, ...]
    """Who makes the failed calls, in the order of ``added``."""
    services: tuple[str, ...]
    """What is called, in the order of ``added``."""
    alike: bool = False
    """Whether others that fail calls alike stand for it."""

    @property
    def id(self) -> str:
        """Its name: the same in every run."""
        return f"{self.story} + {' + '.join(self.added)}"


class Leftout(Frozen):
    """Something that isn't explored, and why."""

    what: str
    why: str


class Outcome(StrEnum):
    """What one exploration showed."""

    SURVIVED = "survived"
    """The faults happened, and every law that saw something held."""
    BROKE = "broke"
    NOT_REACHED = "not reached"
    """Nothing broke, but a fault didn't happen."""
    UNKNOWN = "unknown"
    """No law saw anything, it broke once and never again, or the harness itself made a mistake."""


class Exploration(Frozen):
    """What came of one candidate."""

    id: str
    outcome: Outcome
    fired: tuple[str, ...] = ()
    broke: tuple[Broke, ...] = ()
    why: str = ""
    """For ``not reached`` and ``unknown``."""
    replay: str = ""
    """Of what broke: the smallest plan that still breaks it, as a replay file's text."""
    seconds: float = 0.0


class Suspect(Frozen):
    """What broke something once: a find if it does so again."""

    candidate: Candidate
    fired: tuple[str, ...]
    broke: tuple[Broke, ...]
    replay: str
    seconds: float
