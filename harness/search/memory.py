"""What was explored before, so that an interrupted search goes on where it was."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from harness.model import Frozen
from harness.search.exploration import Exploration
from harness.search.recording import Recorded


class _Line(Frozen):
    """A line of the file: a story's points, or an exploration."""

    recorded: Recorded | None = None
    explored: Exploration | None = None


def digest_of(digests: Mapping[str, str], *more: str) -> str:
    """The name of all that a search's results hold for: change any of it and they don't."""
    parts = [f"{name}={digest}" for name, digest in sorted(digests.items())]
    return hashlib.sha256("\0".join((*parts, *more)).encode()).hexdigest()[:16]


def sources(*folders: Path) -> str:
    """A digest of all Python below these folders: what plays and judges is part of a result."""
    told = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            told.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    return told.hexdigest()


class Memory:
    """A file of lines, one for each story's points and each exploration; a cut last line is none.

    Args:
        folder: where the files are, one for each application's digest.
        digest: of the application and whatever else the results hold for.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self.path = folder / f"{digest}.jsonl"
        self.recorded: dict[str, Recorded] = {}
        self.explored: dict[str, Exploration] = {}
        self._begun = False
        folder.mkdir(parents=True, exist_ok=True)
        for line in _whole_lines(self.path):
            self._learn(line)

    def record(self, recorded: Recorded) -> None:
        """Remember a story's points."""
        self.recorded[recorded.story] = recorded
        self._append(_Line(recorded=recorded))

    def explore(self, explored: Exploration) -> None:
        """Remember what came of a candidate."""
        self.explored[explored.id] = explored
        self._append(_Line(explored=explored))

    def forget(self) -> None:
        """Begin anew."""
        self.recorded.clear()
        self.explored.clear()
        self.path.unlink(missing_ok=True)

    def _learn(self, line: str) -> None:
        try:
            known = _Line.model_validate_json(line)
        except ValidationError:
            return  # of another version: it is explored again
        if known.recorded is not None:
            self.recorded[known.recorded.story] = known.recorded
        if known.explored is not None:
            self.explored[known.explored.id] = known.explored

    def _append(self, line: _Line) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            cut = "\n" if not self._begun and _cut_short(self.path) else ""
            file.write(cut + line.model_dump_json(exclude_none=True) + "\n")
        self._begun = True


def _cut_short(path: Path) -> bool:
    """Whether whoever wrote before was killed in the middle of a line."""
    written = path.read_bytes()
    return bool(written) and not written.endswith(b"\n")


def _whole_lines(path: Path) -> Iterable[str]:
    if not path.is_file():
        return ()
    *whole, _ = path.read_text(encoding="utf-8").split("\n")
    return whole
