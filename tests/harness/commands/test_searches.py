"""What a verdict says of searches: of the very application that was verified, or nothing."""

from pathlib import Path

import pytest

from harness.commands.searches import last_search
from harness.evidence import FaultsSearched, FaultsTried
from harness.model import Verdict
from harness.search.coverage import Counts, FaultCoverage
from harness.search.result import SearchedStory, SearchResult

NOW = {"code": "c1", "template": "t1", "openapi": "o1", "harness.toml": "h1"}
SEARCHED = {"code": "c1", "template": "t1", "openapi": "o1"}


def searched(
    home: Path, run: str, *, explored: int, story: str = "s.py::sale", **other: object
) -> None:
    whole = Counts(planned=9, explored=explored, fired=explored, survived=explored)
    part = SearchedStory(
        story=story, points=3, coverage=FaultCoverage(story, 3, whole, {"Pay": whole}), explored=(),
        not_explored=(), left=(), alike=5,
    )  # fmt: skip
    told = {
        "run": run, "application": "shop", "target": "embedded", "seed": 0, "budget": None,
        "verdict": Verdict.PASS, "stories": (part,), "fresh": 9, "seconds": 5.0,
        "digests": SEARCHED, "replays": {}, **other,
    }  # fmt: skip
    folder = home / "chaos" / "runs" / run
    folder.mkdir(parents=True)
    (folder / "chaos.json").write_text(SearchResult.model_validate(told).model_dump_json())


def last(story: str, explored: int) -> FaultsSearched:
    tried = {
        "planned": 9, "explored": explored, "fired": explored, "survived": explored, "broke": 0,
        "not_reached": 0,
    }  # fmt: skip
    at = {"Pay": FaultsTried(**tried)}
    return FaultsSearched(story=story, points=3, alike=5, by_function=at, by_service={}, **tried)


def test_of_each_story_the_newest_search_counts(tmp_path: Path) -> None:
    searched(tmp_path, "20260101T000000-a", explored=9)
    searched(tmp_path, "20260102T000000-b", explored=4)
    searched(tmp_path, "20260101T000000-c", explored=2, story="s.py::refund")
    assert last_search(tmp_path, "embedded", NOW) == (
        last("s.py::refund", 2),
        last("s.py::sale", 4),
    )


@pytest.mark.parametrize("other", [
    {"digests": {**SEARCHED, "code": "c0"}},
    {"digests": {**SEARCHED, "openapi": "o0"}},
    {"digests": {}},
    {"target": "localstack"},
])  # fmt: skip
def test_a_search_of_something_else_says_nothing(tmp_path: Path, other: dict[str, object]) -> None:
    searched(tmp_path, "20260101T000000-a", explored=9, **other)
    assert last_search(tmp_path, "embedded", NOW) == ()


def test_what_cannot_be_read_and_what_is_not_there_say_nothing(tmp_path: Path) -> None:
    assert last_search(tmp_path, "embedded", NOW) == ()
    broken = tmp_path / "chaos" / "runs" / "20260101T000000-a"
    broken.mkdir(parents=True)
    (broken / "chaos.json").write_text('{"run": 3')
    assert last_search(tmp_path, "embedded", NOW) == ()
