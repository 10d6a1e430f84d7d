from pathlib import Path

import pytest

from harness.evidence import EvidenceError, Replay, read_replay
from harness.model import Action, Fault, Plan, Point

LOST = Fault(at=Point(service="bank", operation="charge"), place="after", do=Action(do="lose"))


def test_a_replay_comes_back_from_its_file(tmp_path: Path) -> None:
    kept = Replay(application="shop", unit="s.py::s", work=[1], plan=Plan(faults=(LOST,)))
    path = tmp_path / "a.json"
    path.write_text(kept.model_dump_json())
    assert read_replay(path) == kept


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"application": "shop", "un', "Invalid JSON"),
        ('{"application": "shop"}', "unit: Field required"),
        ('{"application": "shop", "unit": "u", "colour": 1}', "colour"),
        ('{"application": "shop", "unit": "u", "format": 9}', "format 9"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(EvidenceError, match=says):
        read_replay(path)


def test_a_file_that_is_not_text_or_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(EvidenceError, match="cannot read"):
        read_replay(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(EvidenceError, match="not text"):
        read_replay(path)
