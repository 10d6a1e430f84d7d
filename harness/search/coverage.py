"""Fault coverage: how much of what can go wrong was tried, by function and by service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.search.exploration import Candidate, Exploration, Outcome


@dataclass
class Counts:
    """Of the faults at some place."""

    planned: int = 0
    explored: int = 0
    fired: int = 0
    survived: int = 0
    broke: int = 0
    not_reached: int = 0
    unknown: int = 0

    def add(self, explored: Exploration | None) -> None:
        """Count one candidate; None: it wasn't explored."""
        self.planned += 1
        if explored is None:
            return
        self.explored += 1
        self.fired += bool(explored.fired)
        self.survived += explored.outcome is Outcome.SURVIVED
        self.broke += explored.outcome is Outcome.BROKE
        self.not_reached += explored.outcome is Outcome.NOT_REACHED
        self.unknown += explored.outcome is Outcome.UNKNOWN

    @property
    def share(self) -> float:
        """How much of what was planned really happened, from 0 to 1; nothing planned is all of it.
        A fault that was planned and didn't happen covers nothing."""
        return self.fired / self.planned if self.planned else 1.0


@dataclass
class FaultCoverage:
    """Of one story's single faults."""

    story: str
    points: int
    whole: Counts = field(default_factory=Counts)
    by_function: dict[str, Counts] = field(default_factory=dict)
    """Whatever makes the calls; a double for what it sends by itself."""
    by_service: dict[str, Counts] = field(default_factory=dict)


def coverage_of(
    story: str,
    points: int,
    candidates: Iterable[Candidate],
    explored: Mapping[str, Exploration],
) -> FaultCoverage:
    """Of single faults: a plan of several is more than coverage asks for."""
    coverage = FaultCoverage(story, points)
    for candidate in candidates:
        found = explored.get(candidate.id)
        coverage.whole.add(found)
        coverage.by_function.setdefault(candidate.callers[0], Counts()).add(found)
        coverage.by_service.setdefault(candidate.services[0], Counts()).add(found)
    return coverage
