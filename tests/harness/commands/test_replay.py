"""``stageproof replay`` where a case may not be played: said before a stage is attached to."""

from pathlib import Path

import pytest
from rich.console import Console

from harness.commands.replay import replay
from harness.evidence import Replay
from harness.model import HarnessError

ROOT = Path(__file__).parents[3]


def test_a_story_that_needs_control_is_not_replayed_on_a_live_stage(tmp_path: Path) -> None:
    kept = Replay(
        application="larder", unit="scenarios/happy_path.py::happy_path", target="embedded"
    )
    path = tmp_path / "replay.json"
    path.write_text(kept.model_dump_json(), encoding="utf-8")
    with pytest.raises(HarnessError, match="can't be played on live: control: ") as told:
        replay(path, ROOT / "harness.toml", "live", Console(quiet=True))
    assert "--target embedded" in told.value.mend
