"""What stories draw can be written into a replay and comes back as it was."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.engine.scenario import Scenario
from harness.engine.stories import stories_in
from harness.engine.work import work_as_json, work_from_json

ROOT = Path(__file__).parents[2]
STORIES = [
    unit.scenario
    for module in sorted((ROOT / "scenarios").glob("*.py"))
    for unit in stories_in(module.relative_to(ROOT))
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_storys_work_comes_back_from_a_replay_as_it_was(
    story: Scenario, data: st.DataObject
) -> None:
    work = data.draw(story.work)
    assert work_from_json(story, work_as_json(story, work)) == work
