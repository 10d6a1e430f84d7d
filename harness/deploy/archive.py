"""Zip files that are the same for the same content, and digests of it."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NEVER = (
    "__pycache__",
    ".git",
    ".venv",
    "venv",
    ".aws-sam",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
)


def files_of(folder: Path, exclude: Sequence[str] = ()) -> Iterator[tuple[str, Path]]:
    """Files below ``folder`` with relative names, sorted; without caches and excluded ones."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not set(relative.parts) & set(_NEVER):
            name = relative.as_posix()
            if not any(_matches(name, glob) for glob in exclude):
                yield name, path


def _matches(name: str, glob: str) -> bool:
    return fnmatchcase(name, glob) or (glob.endswith("/**") and name.startswith(glob[:-2]))


def digest(parts: Iterable[tuple[str, bytes]]) -> str:
    """A digest of named contents, in their order."""
    whole = hashlib.sha256()
    for name, content in parts:
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def write_zip(target: Path, members: Iterable[tuple[str, Path]]) -> None:
    """Stored, not deflated: an emulator unpacks it at every cold start."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, path in members:
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
            archive.writestr(info, path.read_bytes())
