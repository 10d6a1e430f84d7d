import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness.targets.scratch import new_scratch, scratch_place


def _owned_by(base: Path, name: str, owner: str) -> Path:
    folder = base / f"stageproof-emulator-{name}"
    folder.mkdir()
    (folder / ".owner").write_text(owner)
    return folder


def test_folders_of_processes_that_are_gone_are_removed_and_others_stay(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    left = _owned_by(tmp_path, "left", str(gone.pid))
    ours = _owned_by(tmp_path, "ours", str(os.getpid()))
    strange = _owned_by(tmp_path, "strange", "no number")
    made = new_scratch(tmp_path)
    assert not left.exists()
    assert ours.exists()
    assert strange.exists()
    assert (made / ".owner").read_text() == str(os.getpid())


def test_it_is_made_in_memory_where_there_is_room(tmp_path: Path) -> None:
    assert scratch_place({}, tmp_path, room=1) == tmp_path


def test_it_is_made_on_disk_where_memory_is_short_or_not_to_be_had(tmp_path: Path) -> None:
    disk = Path(tempfile.gettempdir())
    assert scratch_place({}, tmp_path, room=2**62) == disk
    assert scratch_place({}, tmp_path / "none", room=1) == disk


def test_the_user_says_where_by_tmpdir(tmp_path: Path) -> None:
    assert scratch_place({"TMPDIR": "/x"}, tmp_path, room=1) == Path(tempfile.gettempdir())
