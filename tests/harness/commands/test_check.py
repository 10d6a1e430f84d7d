"""A recorded history, judged again."""

from pathlib import Path

import pytest

from harness.laws import at_most_once, dump
from harness.model import Header
from harness.recorder import Recorder
from tests.harness.commands.conftest import Here


def charged(path: Path, *orders: str, judged: bool = True) -> Path:
    """A history in which these orders were charged, with the law that forbids it twice."""
    laws = (dump(at_most_once("pay.charge", name="charged at most once")),) if judged else ()
    recorder = Recorder(path, Header(run="r1", seed=7, laws=laws))
    for order in orders:
        call = recorder.invoke("double", "pay.charge", key=order)
        recorder.complete(call, "ok", key=order, value={"status": 200})
    recorder.close()
    return path


@pytest.fixture
def history(project: Path) -> Path:
    return project / "history-main.jsonl"


def test_a_lawful_history_is_0(here: Here, history: Path) -> None:
    said = here("check", str(charged(history, "a", "b")))
    assert said.code == 0
    assert "charged at most once" in said.out
    assert "pass" in said.out


def test_a_broken_law_is_1_and_says_what_broke_it(here: Here, history: Path) -> None:
    said = here("check", str(charged(history, "a", "b", "b")))
    assert said.code == 1
    assert "fail" in said.out
    assert "b" in said.out.partition("fail")[2]


def test_a_damaged_line_is_2_and_is_named(here: Here, history: Path) -> None:
    lines = charged(history, "a", "b").read_bytes().splitlines(keepends=True)
    history.write_bytes(b"".join([*lines[:2], b'{"call": 1, "ki\n', *lines[3:]]))
    said = here("check", str(history))
    assert said.code == 2
    assert f"{history}:3 is not a record" in said.err


def test_a_line_that_a_killed_run_left_half_written_is_no_damage(here: Here, history: Path) -> None:
    whole = charged(history, "a", "b").read_bytes()
    history.write_bytes(whole[:-20])
    assert here("check", str(history)).code == 0


def test_of_a_folder_every_workers_history_is_judged(here: Here, project: Path) -> None:
    charged(project / "history-gw0.jsonl", "a")
    charged(project / "history-gw1.jsonl", "b", "b")
    said = here("check", str(project))
    assert said.code == 1
    assert "history-gw0.jsonl" in said.out
    assert "history-gw1.jsonl" in said.out


def test_a_worker_that_saw_nothing_does_not_undo_what_the_other_saw(
    here: Here, project: Path
) -> None:
    charged(project / "history-gw0.jsonl")
    charged(project / "history-gw1.jsonl", "a")
    assert here("check", str(project)).code == 0


@pytest.mark.parametrize("judged", [True, False], ids=["saw nothing", "no law"])
def test_nothing_judged_is_unknown_and_not_a_pass(here: Here, history: Path, judged: bool) -> None:
    said = here("check", str(charged(history, *(() if judged else ("a", "a")), judged=judged)))
    assert said.code == 1
    assert "nothing was judged" in said.out


@pytest.mark.parametrize(
    ("name", "says"), [("absent.jsonl", "cannot read"), ("src", "holds no history")]
)
def test_what_is_no_history_is_2_and_says_what_to_give(here: Here, name: str, says: str) -> None:
    said = here("check", name)
    assert said.code == 2
    assert says in said.err
    assert "What to do: Give" in said.err
