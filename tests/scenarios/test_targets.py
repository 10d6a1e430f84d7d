"""Where each story can be judged: no target may quietly leave one out."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.engine.scenario import Scenario
from harness.engine.stories import stories_in
from harness.model import Capability
from harness.targets import measured_of
from harness.targets.live import NOT_HERE

ROOT = Path(__file__).parents[2]
STORIES = [
    unit.scenario
    for module in sorted((ROOT / "scenarios").glob("*.py"))
    for unit in stories_in(module.relative_to(ROOT))
]
ONLY_BY_EYE = {"smoke"}
"""What may be told on a stage of somebody's, since it changes nothing but its own customer's."""


def _unable(has: Mapping[Capability, bool]) -> set[str]:
    def able(story: Scenario) -> bool:
        return all(has[need] for need in story.needs)

    return {story.name for story in STORIES if not able(story)}


@pytest.mark.parametrize("target", ["embedded", "localstack"])
def test_a_target_of_ours_tells_every_story(target: str) -> None:
    measured = measured_of(target)
    assert _unable({c: m.has for c, m in measured.items()}) == set()


def test_a_live_stage_tells_those_that_leave_it_alone_and_no_other() -> None:
    told = {story.name for story in STORIES}
    assert told - _unable({c: c not in NOT_HERE for c in Capability}) == ONLY_BY_EYE
