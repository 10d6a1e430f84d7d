"""``verify -k`` speaks of units, not of where the project lies."""

from pathlib import Path

from tests.apps.loans import copied, stageproof


def _units(root: Path, select: str) -> list[str]:
    listed = stageproof(root, "verify", "--list", "-k", select)
    said = listed.communicate(timeout=60)[0]
    assert listed.returncode == 0, said
    return [line for line in said.splitlines() if "::" in line]


def test_a_folder_s_name_selects_nothing(tmp_path: Path) -> None:
    root = copied(tmp_path / "harbour" / "quay")
    assert _units(root, "quay") == []
    assert _units(root, "harbour") == []
    assert _units(root, "borrow"), "a unit's own name does"
