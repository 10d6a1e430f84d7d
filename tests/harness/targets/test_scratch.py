import os
import subprocess
import sys
from pathlib import Path

from harness.targets.scratch import new_scratch


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
