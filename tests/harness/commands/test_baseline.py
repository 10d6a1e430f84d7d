"""``stageproof baseline``, from the evidence of runs that are made up here."""

import json
from pathlib import Path
from typing import Any

from harness.evidence import Folder, Manifest
from harness.model import Finding, HarnessError, UnitResult, Verdict
from tests.harness.commands.conftest import Here

CRASH = Finding(law="no 5xx", title="answered 500", fingerprint="f1")
LEAK = Finding(law="isolation", title="saw another's", fingerprint="f2")


def a_run(project: Path, *, application: str = "library-loans", **units: Finding | None) -> Folder:
    """The last run: unit → what it found, if anything."""
    runs = project / ".stageproof" / "runs"
    name = f"r{len(list(runs.glob('r*')))}"
    manifest = Manifest(run=name, application=application, target="embedded", seed=0, started="")
    folder = Folder.create(runs / name, manifest)
    for unit, found in units.items():
        folder.add_result(
            UnitResult(
                unit=unit,
                title=unit,
                kind="positive",
                verdict=Verdict.FAIL if found else Verdict.PASS,
                findings=(found,) if found else (),
            )
        )
    (runs / "latest").unlink(missing_ok=True)
    (runs / "latest").symlink_to(name)
    return folder


def kept(project: Path) -> list[Any]:
    return [f["law"] for f in json.loads((project / "baseline.json").read_text())["findings"]]


def test_the_first_takes_in_everything(here: Here, project: Path) -> None:
    a_run(project, a=CRASH, b=LEAK, c=None)
    said = here("baseline")
    assert (said.code, kept(project)) == (0, ["no 5xx", "isolation"])
    assert "known from now on: isolation: saw another's" in said.out


def test_later_ones_strike_what_is_mended_and_name_what_is_new(here: Here, project: Path) -> None:
    a_run(project, a=CRASH, b=None)
    here("baseline")
    a_run(project, a=None, b=LEAK)
    said = here("baseline")
    assert "struck: no 5xx" in said.out
    assert "new, and not taken in: isolation" in said.out
    assert not (project / "baseline.json").exists()


def test_new_ones_are_taken_in_where_that_is_asked_for(here: Here, project: Path) -> None:
    a_run(project, a=CRASH)
    here("baseline")
    a_run(project, b=LEAK)
    assert here("baseline", "--add").code == 0
    assert kept(project) == ["no 5xx", "isolation"]


def test_an_earlier_run_may_be_named(here: Here, project: Path) -> None:
    first = a_run(project, a=CRASH)
    a_run(project, a=None)
    here("baseline", "--evidence", str(first.path))
    assert kept(project) == ["no 5xx"]


def test_without_a_run_it_says_what_to_do(here: Here) -> None:
    said = here("baseline")
    assert said.code == 2
    assert "Run stageproof verify first" in said.err


def test_a_run_that_could_not_do_its_job_is_no_ground(here: Here, project: Path) -> None:
    a_run(project).write_error("main", HarnessError("no emulator", "Install it."))
    said = here("baseline")
    assert said.code == 2
    assert "that run could not do its job: no emulator" in said.err


def test_another_applications_run_is_no_ground(here: Here, project: Path) -> None:
    a_run(project, application="shop", a=CRASH)
    said = here("baseline")
    assert said.code == 2
    assert "is a run of shop, not of library-loans" in said.err


def test_a_broken_baseline_is_told_before_anything_starts(here: Here, project: Path) -> None:
    (project / "baseline.json").write_text("[]")
    for command in ("lint", "verify"):
        said = here(command)
        assert said.code == 2
        assert "is no baseline" in said.err
