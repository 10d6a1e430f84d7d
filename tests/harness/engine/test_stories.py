from pathlib import Path

import pytest

from harness.engine.stories import stories_in, story_named
from harness.model import HarnessError

ROOT = Path(__file__).parents[3]


def test_a_module_gives_the_scenarios_it_declares_and_none_that_it_imports() -> None:
    (found,) = stories_in(Path("scenarios/happy_path.py"))
    assert found.id == "scenarios/happy_path.py::happy_path"
    assert stories_in(Path("scenarios/waiting.py")) == []


def test_a_scenario_is_found_by_its_id() -> None:
    found = story_named(ROOT, "scenarios/happy_path.py::happy_path")
    assert found.scenario.name == "happy_path"


def test_a_name_that_is_nearly_one_is_told_the_one() -> None:
    with pytest.raises(HarnessError, match="Did you mean happy_path"):
        story_named(ROOT, "scenarios/happy_path.py::happy_pth")


def test_a_module_that_is_not_there_asks_for_the_right_project() -> None:
    with pytest.raises(HarnessError, match="Is this the right project"):
        story_named(ROOT, "scenarios/gone.py::gone")


def test_a_module_that_breaks_is_told_with_the_command_that_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_story.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(HarnessError, match="ZeroDivisionError") as told:
        stories_in(Path("broken_story.py"))
    assert "python -c 'import broken_story'" in told.value.mend
