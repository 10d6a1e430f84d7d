from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import strategies as st

from harness.engine.scenario import Budget, Scenario
from harness.engine.stage import Stage
from harness.engine.work import work_as_json, work_from_json
from harness.model import HarnessError


@dataclass(frozen=True)
class Line:
    name: str
    count: int


def buys(stage: Stage, work: tuple[Line, ...]) -> None: ...


def buys_anything(stage: Stage, work: Any) -> None: ...


def declared(story: Any) -> Scenario:
    return Scenario(story, st.none(), None, (), (), Budget())


def test_work_comes_back_from_json_as_what_it_was() -> None:
    work = (Line("rice", 2), Line("beans", 1))
    data = work_as_json(declared(buys), work)
    assert data == [{"name": "rice", "count": 2}, {"name": "beans", "count": 1}]
    assert work_from_json(declared(buys), data) == work


def test_plain_work_needs_no_type() -> None:
    assert work_from_json(declared(buys_anything), work_as_json(declared(buys_anything), 7)) == 7


def test_work_that_would_come_back_as_something_else_is_refused() -> None:
    with pytest.raises(HarnessError, match="comes back as something else"):
        work_as_json(declared(buys_anything), (Line("rice", 2),))


def test_work_of_an_older_shape_is_told_with_what_does_not_fit() -> None:
    with pytest.raises(HarnessError, match=r"another shape now: 0\.count: Field required"):
        work_from_json(declared(buys), [{"name": "rice"}])
