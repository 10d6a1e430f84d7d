"""The seeded defects can still be put in: the code they are about hasn't moved on."""

import ast
from pathlib import Path

import pytest

from tests.mutants.run import LIST, OF_FAULTS, Defect, defects, plant

ALL = [*defects(LIST), *defects(OF_FAULTS)]


@pytest.mark.parametrize("defect", ALL, ids=lambda defect: defect.name)
def test_a_seeded_defect_stands_where_its_text_is_once(defect: Defect, tmp_path: Path) -> None:
    plant(defect, tmp_path / "tree")
    planted = tmp_path / "tree" / defect.file
    if planted.suffix == ".py":
        ast.parse(planted.read_text(encoding="utf-8"))
    assert defect.laws


def test_a_defect_that_only_faults_show_names_a_story_that_is_searched() -> None:
    root = Path(__file__).parents[2]
    for defect in defects(OF_FAULTS):
        story = (root / "scenarios" / f"{defect.select}.py").read_text(encoding="utf-8")
        assert "search=" in story
