"""What the search and its lanes tell each other."""

from dataclasses import dataclass

from harness.search.exploration import Candidate, Exploration, Suspect
from harness.search.recording import Recorded


@dataclass(frozen=True)
class Warm:
    """Play the story once, so that no call is a fresh execution environment's."""

    story: str


@dataclass(frozen=True)
class Record:
    """See where the story's faults can happen."""

    story: str


@dataclass(frozen=True)
class Explore:
    """Play this."""

    candidate: Candidate


@dataclass(frozen=True)
class Confirm:
    """Play again what broke something once."""

    suspect: Suspect


@dataclass(frozen=True)
class Up:
    """A lane's stage is there."""

    digests: dict[str, str]
    """Of what was deployed."""


@dataclass(frozen=True)
class Warmed:
    """It was played."""


@dataclass(frozen=True)
class Failed:
    """A lane can't go on: the harness could not do its job."""

    what: str
    mend: str


Order = Warm | Record | Explore | Confirm
Answer = Up | Warmed | Recorded | Exploration | Suspect | Failed
