"""``stageproof load`` on somebody else's application, and what keeps it from beginning."""

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.recorder import read_history
from tests.apps.loans import changed, stageproof
from tests.harness.commands.conftest import Here
from tests.harness.commands.loaded import loaded
from tests.harness.commands.watching import processes_of, until

needs_locust = pytest.mark.skipif(
    importlib.util.find_spec("locust") is None, reason="Locust is an extra: stageproof[load]"
)
PATIENCE = 120


@pytest.fixture
def shop(project: Path) -> Iterator[Path]:
    yield loaded(project)
    for name in [n for n in sys.modules if n.partition(".")[0] == "load"]:
        del sys.modules[name]  # another test's is in another folder


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """Where all processes of a run have their temporary files; ended at last."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    for pid in processes_of(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def run_of(shop: Path) -> Path:
    (run,) = (shop / ".stageproof" / "load" / "runs").iterdir()
    return run


def left(shop: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((run_of(shop) / "load.json").read_text())
    return told


@needs_locust
def test_every_journey_is_in_the_history_and_the_laws_judge_it(shop: Path, scratch: Path) -> None:
    run = stageproof(
        shop, "load", "-u", "3", "--journeys", "9", environment={"TMPDIR": str(scratch)}
    )
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    assert "9 of 9 journeys begun, 9 ended (100.0%): 9 one week" in said
    told = left(shop)
    assert told["laws"] == {"no accepted loan is lost": "pass"}
    asked = {each["operation"]: each["count"] for each in told["requests"]}
    assert asked == {"GET /loans/{loanId}": 9, "POST /loans": 9}
    assert told["errors"] == {}
    assert told["all"]["journeys"] == 9
    assert set(told["all"]["by_function"]) == {"LoansFunction"}
    history = read_history(run_of(shop) / "history-load.jsonl")
    assert [law["name"] for law in history.header.laws] == ["no accepted loan is lost"]
    assert (run_of(shop) / "locust.html").exists()
    assert b"c0e527" not in (run_of(shop) / "history-load.jsonl").read_bytes()
    until(lambda: not processes_of(scratch), "the end of its processes")
    assert list(scratch.glob("stageproof-*")) == []


@needs_locust
def test_a_loan_that_is_never_recorded_is_lost_under_load(shop: Path, scratch: Path) -> None:
    forgets = {"    TABLE.put_item(Item=loan)\n    return 201": "    return 201"}
    changed(shop / "src" / "app.py", forgets)
    changed(shop / "load" / "readers.py", {"seen.body == loan.body": "True"})
    run = stageproof(
        shop, "load", "-u", "1", "--journeys", "2", environment={"TMPDIR": str(scratch)}
    )
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, said
    assert "law no accepted loan is lost" in said
    assert "wish to loan: p99 is never, 20 s are required" in said


@needs_locust
def test_an_interruption_ends_locust_and_the_stage(shop: Path, scratch: Path) -> None:
    run = stageproof(
        shop, "load", "-u", "2", "--journeys", "100000", environment={"TMPDIR": str(scratch)}
    )
    until(lambda: any("locust" in told for told in processes_of(scratch).values()), "Locust")
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130, said
    assert "interrupted" in said
    until(lambda: not processes_of(scratch), f"the end of {processes_of(scratch)}")
    assert list(scratch.glob("stageproof-*")) == []


@needs_locust
def test_users_that_can_not_be_imported_are_2_with_what_locust_said(
    shop: Path, scratch: Path
) -> None:
    changed(shop / "load" / "readers.py", {"import Customer, task": "import Custmer, task"})
    run = stageproof(
        shop, "load", "-u", "1", "--journeys", "1", environment={"TMPDIR": str(scratch)}
    )
    said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 2, said
    assert "Locust ended with 1" in said
    assert "cannot import name 'Custmer'" in said


def test_users_without_work_are_refused(here: Here) -> None:
    said = here("load", "-u", "5", "--journeys", "4")
    assert said.code == 2
    assert "5 users for 4 journeys: some would have nothing to do" in said.err


def test_a_live_stage_is_not_put_under_load(here: Here) -> None:
    said = here("load", "--target", "live")
    assert said.code == 2
    assert "a live stage is somebody's" in said.err


@needs_locust
def test_an_application_without_a_load_is_told_how_to_say_it(here: Here) -> None:
    said = here("load")
    assert said.code == 2
    assert "harness.toml has no [load]" in said.err


def test_without_locust_it_says_how_to_get_it(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "locust" else found(name, *a)
    )
    said = here("load")
    assert said.code == 2
    assert "Locust is not installed" in said.err
    assert "stageproof[load]" in said.err


@needs_locust
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"load/readers.py"', '"load/reader.py"', "[load] locustfile 'load/reader.py' is not a"),
        ('"load.desk:prepare"', '"load.desk:prepar"', "prepare = 'load.desk:prepar' can't be had"),
        ('"load.desk:LAWS"', '"load.desk:LAW"', "[load] laws = 'load.desk:LAW' can't be had"),
        ("p99 = 20", "p99 = -1", "load.spans.wish to loan.p99"),
        ("p99 = 20", "p98 = 20", "p98: unknown key (did you mean 'p99'?)"),
    ],
)
def test_a_mistake_in_its_settings_is_named_before_anything_starts(
    here: Here, shop: Path, before: str, after: str, says: str
) -> None:
    changed(shop / "harness.toml", {before: after})
    said = here("load")
    assert said.code == 2
    assert says in said.err


@needs_locust
def test_who_can_not_be_down_is_named_before_anything_starts(here: Here, shop: Path) -> None:
    said = here("load", "--outage", "till")
    assert said.code == 2
    assert "--outage till: no double of that name can be down" in said.err
