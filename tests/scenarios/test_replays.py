"""What searches found is kept: every file can still be played."""

from pathlib import Path

import pytest

from harness.engine.stories import story_named
from harness.engine.work import work_from_json
from harness.evidence import read_replay

ROOT = Path(__file__).parents[2]
KEPT = sorted((ROOT / "tests" / "replays").glob("*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_find_names_a_scenario_work_that_it_takes_and_what_was_wrong(path: Path) -> None:
    replay = read_replay(path)
    unit = story_named(ROOT, replay.unit)
    assert work_from_json(unit.scenario, replay.work)
    assert replay.plan.faults
    assert replay.note, "say in a line what was wrong"
    assert replay.broke
