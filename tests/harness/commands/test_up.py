"""A stage that stays, for people at a prompt and for verify."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apps.loans import changed, copied, stageproof
from tests.harness.commands.watching import PATIENCE, processes_of, until

ITS_END = "Take it down: Ctrl-C here"


class Standing:
    """A ``stageproof up``, started when somebody wants it and it doesn't run."""

    def __init__(self, root: Path, said: Path) -> None:
        self.root = root
        self._said = said
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            with self._said.open("w") as output:
                self._process = stageproof(self.root, "up", output=output)
            self.is_introduced(1)
        return self._process

    @property
    def said(self) -> str:
        return self._said.read_text()

    def is_introduced(self, times: int) -> None:
        """Wait until it has said so often how to talk to it."""
        until(lambda: self.said.count(ITS_END) >= times or self._ended(), "the stage is up")
        assert not self._ended(), self.said

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    folder = tmp_path_factory.mktemp("standing")
    standing = Standing(copied(folder / "loans"), folder / "said.txt")
    yield standing
    standing.end()


@pytest.fixture
def standing(shared: Standing) -> Standing:
    assert shared.process.poll() is None
    return shared


@pytest.fixture
def run(standing: Standing) -> Callable[..., tuple[int, str]]:
    """Run a command in the same project, from another terminal."""

    def from_another_terminal(*arguments: str) -> tuple[int, str]:
        process = stageproof(standing.root, *arguments)
        said, _ = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in said
        return process.returncode, said

    return from_another_terminal


Run = Callable[..., tuple[int, str]]


def calls(said: str) -> list[str]:
    """The command lines of the last introduction."""
    return re.findall(r"^  (curl .*)$", said.rpartition(" is up")[2], re.MULTILINE)


def test_it_says_where_the_stage_is(standing: Standing) -> None:
    assert "library-loans is up on embedded" in standing.said
    assert re.search(r"REST +http://127\.0\.0\.1:\d+/\S+", standing.said)
    assert re.search(r"AWS +http://127\.0\.0\.1:\d+ \(region", standing.said)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_its_token_and_its_calls_work_as_they_are_printed(standing: Standing) -> None:
    (export,) = re.findall(r"^  (export TOKEN=\S+)$", standing.said, re.MULTILINE)
    answers = [
        json.loads(subprocess.check_output(["sh", "-c", f"{export}\n{call}"], text=True))
        for call in calls(standing.said)
    ]
    assert any("loans" in answer for answer in answers)  # GET /loans
    assert any(answer.get("isbn") == "9780140328721" for answer in answers)  # POST /loans


def test_verify_uses_it_and_gives_it_back(standing: Standing, run: Run) -> None:
    before = standing.said.count(ITS_END)
    code, said = run("verify", "--up", "-k", "getLoan and identities", "--evidence", "evidence")
    assert code == 1, said
    assert "law isolation" in said
    assert not list((standing.root / "evidence").glob("emulator-*.log"))
    standing.is_introduced(before + 1)
    assert "lent to another run" in standing.said
    assert calls(standing.said)


def test_down_ends_it_and_leaves_nothing_running(standing: Standing, run: Run) -> None:
    process = standing.process
    code, said = run("down")
    assert (code, said) == (0, "the stage is down; another one: stageproof up\n")
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in standing.said
    assert not processes_of(standing.root)
    assert not list(standing.root.glob(".stageproof/*.sock"))


def test_what_cannot_be_deployed_is_said_before_anything_is_started(tmp_path: Path) -> None:
    root = copied(tmp_path / "loans")
    changed(root / "harness.toml", {'template = "template.yaml"\n': ""})
    process = stageproof(root, "up")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "names no template" in said
    assert "emulator" not in said
