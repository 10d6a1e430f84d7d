"""The library's loans, copied to where a test may change them, and the command run on them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

from harness.targets import default_home

HERE = Path(__file__).parent / "library_loans"
FILES = ("README.md", "api.yaml", "harness.toml", "template.yaml", "src/app.py")
_MENDED = {
    '"three weeks"]': '"three weeks", "four weeks"]',
    "view(find(event))": "view(find(event, member))",
}
"""What the application's README says makes it pass."""


def copied(to: Path) -> Path:
    """The application as it is, in a folder of its own."""
    for name in FILES:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, to / name)
    return to


def changed(file: Path, changes: dict[str, str]) -> None:
    """Replace each text, which stands there exactly once."""
    text = file.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")


def mended(root: Path) -> Path:
    """The application without its two defects."""
    changed(root / "src" / "app.py", _MENDED)
    return root


def _environment() -> dict[str, str]:
    """Ours, without what tells the command that it runs in a test of ours, or in colour.

    Its bytecode is kept, since it is started many times.
    """
    ours = ("PYTEST_", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {"PYTHONPYCACHEPREFIX": str(default_home(os.environ) / "bytecode"), **kept}


def stageproof(
    root: Path,
    *arguments: str,
    environment: dict[str, str] | None = None,
    output: IO[str] | int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start the command in an application's root; what it says goes to one place."""
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        env=_environment() | (environment or {}),
        # A Ctrl-C in the terminal of these tests is for pytest alone, whose fixtures end this.
        start_new_session=True,
    )
