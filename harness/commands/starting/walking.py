"""The files of a project that its people wrote, or keep as what they deploy."""

import os
from collections.abc import Iterator
from pathlib import Path

_DEEPEST = 4
_LARGEST = 4_000_000
"""Bytes; no template or contract that people keep is larger."""
_SKIPPED = {
    "node_modules", "venv", "site-packages", "__pycache__", "dist", "target", "vendor",
}  # fmt: skip


def files_in(root: Path, *suffixes: str) -> Iterator[Path]:
    """Files with these suffixes, the nearest to the root first; hidden folders are left alone."""
    found: list[Path] = []
    for folder, below, names in os.walk(root):
        here = Path(folder)
        depth = len(here.relative_to(root).parts)
        below[:] = [
            name
            for name in below
            if depth < _DEEPEST and not name.startswith((".", "asset.")) and name not in _SKIPPED
        ]
        found += [here / name for name in names if name.endswith(suffixes)]
    found.sort(key=lambda path: (len(path.relative_to(root).parts), path.as_posix()))
    yield from (path for path in found if _readable(path))


def _readable(path: Path) -> bool:
    try:
        return 0 < path.stat().st_size <= _LARGEST
    except OSError:
        return False


def text_of(path: Path) -> str:
    """All of its text; empty where it is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
