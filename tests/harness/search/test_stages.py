"""A lane's stages: a fresh one after whatever broke something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from harness.model import Plan
from harness.search.stages import Stages

UNIT: Any = SimpleNamespace(id="story")
OTHER: Any = SimpleNamespace(id="other story")


@dataclass
class Sessions:
    """Stages that are stand-ins; one that a case named ``breaks…`` was played on breaks all."""

    played: list[tuple[int, str]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    @contextmanager
    def opened(self, number: int) -> Iterator[Any]:
        broken = False

        def play(unit: Any, case: str, work: object, plan: Plan) -> Any:
            nonlocal broken
            self.played.append((number, case))
            broken = broken or case.startswith("breaks")
            return SimpleNamespace(findings=("a finding",) if broken else ())

        yield SimpleNamespace(play=play)
        self.ended.append(number)


def _stages(sessions: Sessions) -> Stages:
    return Stages(cast(Any, sessions.opened), dict.fromkeys((UNIT.id, OTHER.id), ("work", Plan())))


def _play(stages: Stages, case: str, unit: Any = UNIT) -> bool:
    return bool(stages.play(unit, case, "work", Plan()).findings)


def test_cases_that_break_nothing_share_a_stage() -> None:
    sessions = Sessions()
    with _stages(sessions) as stages:
        assert not any(_play(stages, case) for case in ("a", "b", "c"))
    assert sessions.played == [(1, "a"), (1, "b"), (1, "c")]
    assert sessions.ended == [1]


def test_what_comes_after_a_break_is_played_on_a_fresh_stage_that_was_warmed_up() -> None:
    sessions = Sessions()
    with _stages(sessions) as stages:
        assert _play(stages, "breaks")
        assert not _play(stages, "a")
        assert not _play(stages, "b")
    assert sessions.played == [(1, "breaks"), (2, "story#warm2"), (2, "a"), (2, "b")]
    assert sessions.ended == [1, 2]


def test_each_story_that_was_played_before_is_warmed_up_when_its_turn_comes() -> None:
    sessions = Sessions()
    with _stages(sessions) as stages:
        _play(stages, "x", OTHER)
        _play(stages, "breaks")
        _play(stages, "a")
        _play(stages, "b", OTHER)
        _play(stages, "c", OTHER)
    later = [case for number, case in sessions.played if number == 2]
    assert later == ["story#warm2", "a", "other story#warm2", "b", "c"]


def test_a_stage_that_broke_is_not_replaced_before_somebody_needs_one() -> None:
    sessions = Sessions()
    with _stages(sessions) as stages:
        _play(stages, "breaks")
    assert sessions.played == [(1, "breaks")]
    assert sessions.ended == [1]
