"""Temporary folders that don't outlive their owner for long, even one that was killed."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

_PREFIX = "stageproof-emulator-"
_OWNER = ".owner"
_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
_ROOM = 2 * 1024**3
"""Bytes that must be free in memory's file system."""


def new_scratch(base: Path | None = None) -> Path:
    """A folder of this process's own; those of processes that are gone are removed."""
    parent = base or scratch_place(os.environ)
    for left in parent.glob(f"{_PREFIX}*"):
        if _is_left(left):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    (made / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
    return made


def scratch_place(environ: Mapping[str, str], memory: Path = _MEMORY, room: int = _ROOM) -> Path:
    """Where temporary folders are made: in memory where there is room, else on disk.

    An emulator unpacks each function once more for each execution environment: thousands of
    small files, which some disks take ten seconds to remove. ``TMPDIR`` decides if it is set.
    """
    if "TMPDIR" not in environ and _serves(memory, room):
        return memory
    return Path(tempfile.gettempdir())


def _serves(folder: Path, room: int) -> bool:
    """Whether we may write there, native libraries may be loaded from it, and it is large."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    runs = not found.f_flag & os.ST_NOEXEC
    return runs and found.f_bavail * found.f_frsize >= room and os.access(folder, os.W_OK)


def _is_left(folder: Path) -> bool:
    try:
        os.kill(int((folder / _OWNER).read_text(encoding="utf-8")), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False  # not ours to judge
    return False
