"""``stageproof replay`` where a case may not be played: said before a stage is attached to."""

from pathlib import Path

import pytest
from rich.console import Console

from harness.commands.replay import _until_it_breaks, replay
from harness.engine.playing import Played
from harness.evidence import Replay
from harness.model import Finding, HarnessError, Header, History

ROOT = Path(__file__).parents[3]


def test_a_story_that_needs_control_is_not_replayed_on_a_live_stage(tmp_path: Path) -> None:
    kept = Replay(
        application="larder", unit="scenarios/happy_path.py::happy_path", target="embedded"
    )
    path = tmp_path / "replay.json"
    path.write_text(kept.model_dump_json(), encoding="utf-8")
    with pytest.raises(HarnessError, match="can't be played on live: control: ") as told:
        replay(path, ROOT / "harness.toml", "live", None, Console(quiet=True))
    assert "--target embedded" in told.value.mend


def played(case: str, *, breaks: bool = False, silent: tuple[str, ...] = ()) -> Played:
    found = (Finding(law="settles", title="it doesn't"),) if breaks else ()
    return Played(case, found, (), History(Header(), ()), (), silent)


def test_a_case_is_played_until_it_breaks() -> None:
    plays = iter([played("1"), played("2", breaks=True), played("3")])
    assert _until_it_breaks(lambda nth: next(plays), 3).case == "2"


def test_what_never_breaks_passes_by_a_play_in_which_its_fault_fired() -> None:
    plays = iter([played("1"), played("2", silent=("bank.charge #1",))])
    assert _until_it_breaks(lambda nth: next(plays), 2).case == "1"


def test_a_case_whose_fault_never_fires_says_so() -> None:
    assert _until_it_breaks(lambda nth: played(str(nth), silent=("f",)), 2).silent == ("f",)
