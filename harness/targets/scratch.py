"""Temporary folders that don't outlive their owner for long, even one that was killed."""

import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "stageproof-emulator-"
_OWNER = ".owner"


def new_scratch(base: Path | None = None) -> Path:
    """A folder of this process's own; those of processes that are gone are removed."""
    parent = base or Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*"):
        if _is_left(left):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    (made / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
    return made


def _is_left(folder: Path) -> bool:
    try:
        os.kill(int((folder / _OWNER).read_text(encoding="utf-8")), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False  # not ours to judge
    return False
