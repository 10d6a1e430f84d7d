"""A small application to run commands on, in this process or in one of their own."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli import cli, guarded
from tests.apps.loans import copied


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


Here = Callable[..., Said]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The library's loans, to be changed as a test likes."""
    return copied(tmp_path / "loans")


@pytest.fixture
def here(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Here:
    """Run a command in this process, in the project's root; none ever shows a traceback."""
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("FORCE_COLOR", raising=False)  # nox sets it

    def run(*arguments: str) -> Said:
        code = guarded(lambda: cli.main(args=list(arguments), standalone_mode=False))
        said = Said(code, *capsys.readouterr())
        assert "Traceback" not in said.out + said.err
        return said

    return run
