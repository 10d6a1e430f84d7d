"""An interrupted search goes on where it was; another application's begins anew."""

from pathlib import Path

from harness.model import Plan
from harness.search import Exploration, Memory, Outcome, Recorded, digest_of, sources

FOUND = Exploration(id="s + a", outcome=Outcome.SURVIVED, fired=("a",))
STORY = Recorded(story="s", work=[1], own=Plan(), spots=(), left=())


def test_what_was_explored_is_there_the_next_time(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "d1")
    memory.record(STORY)
    memory.explore(FOUND)
    again = Memory(tmp_path, "d1")
    assert (again.recorded, again.explored) == ({"s": STORY}, {"s + a": FOUND})


def test_another_digest_knows_nothing_of_it(tmp_path: Path) -> None:
    Memory(tmp_path, "d1").explore(FOUND)
    assert Memory(tmp_path, "d2").explored == {}


def test_a_line_that_was_cut_short_is_explored_again(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "d1")
    memory.explore(FOUND)
    with memory.path.open("a") as file:
        file.write('{"explored": {"id": "s + b", "outc')
    assert set(Memory(tmp_path, "d1").explored) == {"s + a"}


def test_a_line_after_one_that_was_cut_short_is_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "d1")
    memory.path.write_text('{"explored": {"id": "s + b", "outc')
    Memory(tmp_path, "d1").explore(FOUND)
    assert set(Memory(tmp_path, "d1").explored) == {"s + a"}


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    memory = Memory(tmp_path, "d1")
    memory.explore(FOUND)
    memory.forget()
    assert memory.explored == Memory(tmp_path, "d1").explored == {}


def test_what_plays_and_judges_is_part_of_a_result(tmp_path: Path) -> None:
    (tmp_path / "doubles").mkdir()
    bank = tmp_path / "doubles" / "bank.py"
    bank.write_text("refuses = True")
    before = sources(tmp_path)
    (tmp_path / "notes.txt").write_text("no part of it")
    assert sources(tmp_path) == before
    bank.write_text("refuses = False")
    assert sources(tmp_path) != before
    bank.rename(bank.with_name("till.py"))
    assert sources(tmp_path) not in {before, ""}


def test_the_digest_is_of_everything_that_results_hold_for() -> None:
    assert digest_of({"code": "1", "api": "2"}, "toml") == digest_of(
        {"api": "2", "code": "1"}, "toml"
    )
    assert digest_of({"code": "1"}, "toml") != digest_of({"code": "2"}, "toml")
    assert digest_of({"code": "1"}, "toml") != digest_of({"code": "1"}, "yaml")
