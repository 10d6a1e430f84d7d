"""What this machine has, and how to get what it lacks."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.harness.commands.conftest import Here


class Usage(NamedTuple):
    total: int = 10**12
    used: int = 10**12
    free: int = 0


def line(text: str, what: str) -> str:
    """The row about something."""
    return next(each for each in text.splitlines() if what in each)


def test_a_machine_that_has_everything_is_0_and_told_what_to_do_next(here: Here) -> None:
    said = here("doctor")
    assert said.code == 0, said.out
    assert "next: stageproof verify" in said.out
    for what in ("Python", "uv", "loopback", "cache", "harness.toml"):
        assert "✔" in line(said.out, what)


def test_what_verify_gets_by_itself_is_no_fault(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "fresh"))
    said = here("doctor")
    assert said.code == 0
    assert "not yet installed" in line(said.out, "embedded emulator")


def test_outside_of_a_project_it_says_where_to_run_it(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = here("doctor")
    assert said.code == 0
    assert "Run in your project's root" in " ".join(said.out.split())
    assert "in a folder that has a harness.toml" in said.out


def test_a_full_disk_is_2_with_what_to_do(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage())
    said = here("doctor")
    assert said.code == 2
    assert "✘" in line(said.out, "cache")
    assert "XDG_CACHE_HOME" in said.out


def test_without_uv_it_is_2_and_says_how_to_get_it(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)  # as if its package weren't installed
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    said = here("doctor")
    assert said.code == 2
    assert "✘" in line(said.out, "uv")
    assert "python -m pip install uv" in said.out
