"""What earlier searches found out about an application."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from harness.evidence import FaultsSearched, FaultsTried


class _Counts(BaseModel):
    planned: int
    explored: int
    fired: int
    survived: int
    broke: int
    not_reached: int


class _Coverage(BaseModel):
    whole: _Counts
    by_function: dict[str, _Counts] = Field(default_factory=dict)
    by_service: dict[str, _Counts] = Field(default_factory=dict)


class _Story(BaseModel):
    story: str
    points: int
    coverage: _Coverage
    alike: int = 0


class _Search(BaseModel):
    """What of a search's result is read here: importing all of a search takes half a second."""

    target: str
    digests: dict[str, str] = Field(default_factory=dict)
    stories: tuple[_Story, ...]


def last_search(home: Path, target: str, digests: Mapping[str, str]) -> tuple[FaultsSearched, ...]:
    """Of each story the newest search of this very application on this target.

    Args:
        home: the project's ``.stageproof``.
        digests: of the application and its contracts, as they are now.
    """
    found: dict[str, FaultsSearched] = {}
    for result in _searches(home):
        if result.target != target or not _same(result.digests, digests):
            continue
        for each in result.stories:
            whole = each.coverage.whole
            found.setdefault(
                each.story,
                FaultsSearched(
                    story=each.story, points=each.points, alike=each.alike,
                    by_function=_as_tried(each.coverage.by_function),
                    by_service=_as_tried(each.coverage.by_service),
                    **whole.model_dump(),
                ),
            )  # fmt: skip
    return tuple(found[name] for name in sorted(found))


def _as_tried(counts: Mapping[str, _Counts]) -> dict[str, FaultsTried]:
    return {name: FaultsTried(**count.model_dump()) for name, count in counts.items()}


def _searches(home: Path) -> Iterator[_Search]:
    """The newest first; runs are named by the time they began."""
    for path in sorted((home / "chaos" / "runs").glob("*/chaos.json"), reverse=True):
        try:
            yield _Search.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            continue  # of another version


def _same(then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return "code" in then and all(now.get(name) == digest for name, digest in then.items())
