import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.targets import TargetError, default_home, made_once


def _quiet(_: str) -> None:
    return None


def test_a_thing_is_made_once_and_kept(tmp_path: Path) -> None:
    made = []

    def make(partial: Path) -> None:
        made.append(partial)
        (partial / "content").write_text("whole")

    for _ in range(2):
        path = made_once(tmp_path / "thing", make, progress=_quiet)
        assert (path / "content").read_text() == "whole"
    assert len(made) == 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interrupted_build_leaves_nothing(tmp_path: Path, stop: type[BaseException]) -> None:
    def make(partial: Path) -> None:
        (partial / "half").write_text("")
        raise stop

    with pytest.raises(stop):
        made_once(tmp_path / "thing", make, progress=_quiet)
    assert [p.name for p in tmp_path.iterdir()] == [".thing.lock"]


def test_what_a_killed_build_left_is_swept_by_the_next(tmp_path: Path) -> None:
    leftover = tmp_path / ".partial-thing-abc"
    leftover.mkdir()
    made_once(tmp_path / "thing", lambda p: (p / "x").touch(), progress=_quiet)
    assert not leftover.exists()


def test_a_thing_that_is_there_but_not_whole_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "old").touch()
    made_once(
        tmp_path / "thing",
        lambda p: (p / "ready").touch(),
        progress=_quiet,
        whole=lambda p: (p / "ready").exists(),
    )
    assert [p.name for p in (tmp_path / "thing").iterdir()] == ["ready"]


def test_of_two_processes_one_builds_and_the_other_waits(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from harness.targets import made_once
        base = Path(sys.argv[1])
        def make(partial):
            with (base / "builds").open("a") as log: log.write("x")
            deadline = time.monotonic() + 20
            # Builds until the other says that it waits for us.
            while not (base / "waits").exists() and time.monotonic() < deadline: time.sleep(0.01)
        made_once(base / "thing", make, progress=lambda text: (base / "waits").write_text(text))
        """
    )
    both = [subprocess.Popen([sys.executable, "-c", script, tmp_path]) for _ in range(2)]
    assert [p.wait(60) for p in both] == [0, 0]
    assert (tmp_path / "builds").read_text() == "x"
    assert "waiting for another process" in (tmp_path / "waits").read_text()


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TargetError, match="could not write the cache") as caught:
        made_once(tmp_path / "file" / "thing", lambda _: None, progress=_quiet)
    assert "XDG_CACHE_HOME" in caught.value.mend


def test_the_cache_follows_the_users_environment() -> None:
    assert default_home({"XDG_CACHE_HOME": "/elsewhere"}) == Path("/elsewhere/stageproof")
    assert default_home({}).parts[-2:] == (".cache", "stageproof")
