"""What a search leaves as evidence."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from harness.model import Frozen, Verdict
from harness.search.coverage import FaultCoverage, coverage_of
from harness.search.exploration import Exploration, Leftout, Outcome
from harness.search.search import Searched

ENOUGH = 0.9
"""So large a share of the single faults that were tried must have happened: else a search that
mostly missed would say that all was survived."""
EVENT_SOURCES = (
    "receives and deletes of event sources: the target's pollers make them, not the functions, "
    "so they never cross the wire"
)


class SearchedStory(Frozen):
    """One story's part."""

    story: str
    points: int
    coverage: FaultCoverage
    explored: tuple[Exploration, ...]
    """Of single faults and of several, without the replays' text."""
    not_explored: tuple[str, ...]
    """Single faults that there was no time for."""
    alike: int = 0
    """Single faults that explored ones stand for: they fail calls that are alike."""
    left: tuple[Leftout, ...]
    """What a search doesn't explore, and why."""
    lacks: str = ""
    """What of the target keeps it from being told."""


class SearchResult(Frozen):
    """The verdict of a search, and all that supports it."""

    run: str
    application: str
    target: str
    seed: int
    budget: float | None
    """Seconds, where there was a limit."""
    verdict: Verdict
    why: str = ""
    """Of an ``unknown``."""
    stories: tuple[SearchedStory, ...]
    fresh: int
    """Explorations of this run; the others are remembered of earlier ones."""
    seconds: float
    """That they took."""
    digests: dict[str, str] = Field(default_factory=dict)
    """Of the application and its contracts."""
    replays: dict[str, str]
    """Exploration that broke something → its replay's file."""

    @property
    def rate(self) -> float:
        """Explorations a minute."""
        return 60 * self.fresh / self.seconds if self.seconds else 0.0

    @property
    def finds(self) -> Iterator[Exploration]:
        """What broke something."""
        for story in self.stories:
            for each in story.explored:
                if each.outcome is Outcome.BROKE:
                    yield each


def stories_of(searched: Searched) -> tuple[SearchedStory, ...]:
    """Each story's part of a search."""
    return tuple(_story(searched, name) for name in searched.recorded)


def _story(searched: Searched, name: str) -> SearchedStory:
    recorded, alone = searched.recorded[name], searched.alone[name]
    several = [c for c in searched.together if c.story == name]
    known = searched.explored
    return SearchedStory(
        story=name,
        points=len(recorded.spots),
        coverage=coverage_of(name, len(recorded.spots), alone, known),
        explored=tuple(
            known[c.id].model_copy(update={"replay": ""})
            for c in (*alone, *several)
            if c.id in known
        ),
        not_explored=tuple(c.id for c in alone if c.id not in known),
        alike=len(searched.alike.get(name, ())),
        left=recorded.left,
        lacks=recorded.lacks,
    )


def verdict_of(stories: Iterable[SearchedStory], budget: float | None) -> tuple[Verdict, str]:
    """The worst of it; a bounded search that was cut short answers for what it explored."""
    stories = tuple(stories)
    explored = [e for s in stories for e in s.explored]
    if any(e.outcome is Outcome.BROKE for e in explored):
        return Verdict.FAIL, ""
    doubts = [e for e in explored if e.outcome is Outcome.UNKNOWN]
    short = sum(len(s.not_explored) for s in stories)
    if not any(e.fired for e in explored):
        return Verdict.UNKNOWN, "no fault happened"
    if doubts:
        return Verdict.UNKNOWN, f"{doubts[0].id}: {doubts[0].why}"
    tried = sum(s.coverage.whole.explored for s in stories)
    missed = sum(s.coverage.whole.not_reached for s in stories)
    if tried - missed < ENOUGH * tried:
        return Verdict.UNKNOWN, f"{missed} of {tried} faults didn't happen"
    if short and budget is None:
        return Verdict.UNKNOWN, f"{short} faults were not explored"
    return Verdict.PASS, ""
