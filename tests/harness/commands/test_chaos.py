"""``stageproof chaos`` on what can't be searched: said before anything is started."""

from pathlib import Path

import pytest
from rich.console import Console

from harness.commands.chaos import ChaosWish, chaos
from harness.model import HarnessError

ROOT = Path(__file__).parents[3]


def test_a_story_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(HarnessError, match="no searched scenario matches 'hapy'") as told:
        chaos(ChaosWish(ROOT / "harness.toml", select="hapy"), Console(quiet=True))
    assert "happy_path" in told.value.mend


def test_an_application_without_a_searched_story_is_told_how_to_declare_one() -> None:
    config = ROOT / "tests" / "apps" / "library_loans" / "harness.toml"
    with pytest.raises(HarnessError, match="no scenario declares work to search with") as told:
        chaos(ChaosWish(config), Console(quiet=True))
    assert "search=" in told.value.mend


def test_a_live_stage_is_refused_before_anything_is_read() -> None:
    with pytest.raises(HarnessError, match="a live stage is somebody's") as told:
        chaos(ChaosWish(Path("nowhere.toml"), target="live"), Console(quiet=True))
    assert "--target embedded" in told.value.mend
