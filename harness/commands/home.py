"""Where the commands keep what is theirs in a project."""

from pathlib import Path


def home(root: Path) -> Path:
    """The project's ``.stageproof`` folder: made when it is first needed, and ignored by git."""
    path = root / ".stageproof"
    path.mkdir(exist_ok=True)
    ignored = path / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    return path
