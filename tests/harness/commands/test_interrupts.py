"""Whatever ends a run early: nothing is left running, no half a verdict, the evidence is kept."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.recorder import read_history
from tests.apps.loans import stageproof
from tests.harness.commands.watching import PATIENCE, processes_of, signals, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc")

STARTING = "starting ministack"
IN_A_UNIT = '"case ended"'


@dataclass
class Running:
    """A ``verify`` whose processes all know the folder ``scratch``."""

    process: subprocess.Popen[str]
    evidence: Path
    scratch: Path

    def reaches(self, moment: str) -> None:
        """Wait until it says so."""
        until(lambda: moment in signals(self.evidence) or self.process.poll() is not None, moment)
        assert self.process.poll() is None, self.process.communicate()[0]

    def ends(self) -> tuple[int, str]:
        """Its exit code and what it said."""
        said, _ = self.process.communicate(timeout=PATIENCE)
        assert "Traceback" not in said
        return self.process.returncode, said


Verify = Callable[..., Running]


@pytest.fixture(autouse=True)
def interruptible() -> None:
    """In a shell's background Ctrl-C is ignored, also by what the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def verify(project: Path, tmp_path: Path) -> Iterator[Verify]:
    """Start it; ended at last with whatever the test left."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def start(*arguments: str) -> Running:
        evidence = tmp_path / "evidence"
        process = stageproof(
            project, "verify", "--evidence", str(evidence), *arguments,
            environment={"TMPDIR": str(scratch)},
        )  # fmt: skip
        return Running(process, evidence, scratch)

    yield start
    for pid in processes_of(scratch):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def nothing_runs(run: Running) -> None:
    until(lambda: not processes_of(run.scratch), f"the end of {processes_of(run.scratch)}")


def kept_what_it_saw(run: Running) -> None:
    assert not (run.evidence / "verdict.json").exists()
    assert not (run.evidence / "junit.xml").exists()
    assert not [p.name for p in run.evidence.iterdir() if p.name.startswith(".")]
    assert (run.evidence / "run.json").exists()
    for history in run.evidence.glob("history-*.jsonl"):
        assert read_history(history).header.application == "library-loans"


@pytest.mark.parametrize(
    ("number", "moment", "stages"),
    [
        pytest.param(signal.SIGINT, STARTING, 1, id="Ctrl-C while the emulator starts"),
        pytest.param(signal.SIGINT, IN_A_UNIT, 1, id="Ctrl-C in a unit"),
        pytest.param(signal.SIGTERM, IN_A_UNIT, 2, id="SIGTERM in units of two workers"),
    ],
)
def test_an_interrupted_run_is_130_and_leaves_its_evidence_and_nothing_else(
    verify: Verify, number: signal.Signals, moment: str, stages: int
) -> None:
    run = verify("-n", str(stages))
    run.reaches(moment)
    run.process.send_signal(number)
    code, said = run.ends()
    assert code == 130, said
    assert "interrupted" in said
    assert f"evidence so far: {run.evidence}" in said
    nothing_runs(run)
    if stages == 1:  # of several workers one may be ended by their controller before it tidied up
        assert list(run.scratch.glob("stageproof-*")) == []
    kept_what_it_saw(run)


@pytest.mark.parametrize("moment", ["deploying", IN_A_UNIT])
def test_an_emulator_that_dies_is_2_with_what_to_do_next(verify: Verify, moment: str) -> None:
    run = verify("-n", "1")  # every unit: whenever the kill comes, there is still something to do
    run.reaches(moment)
    emulators = [p for p, told in processes_of(run.scratch).items() if is_emulator(told)]
    assert len(emulators) == 1
    os.kill(emulators[0], signal.SIGKILL)
    code, said = run.ends()
    assert code == 2, said
    assert "the emulator died" in said or "stopped answering while deploying" in said
    assert "What to do: Run it again" in said
    nothing_runs(run)
    assert list(run.scratch.glob("stageproof-*")) == []
    kept_what_it_saw(run)


def is_emulator(command: str) -> bool:
    """Not the one that watches over it, nor a function that it started."""
    return "ministack_server.py" in command and "keeper.py" not in command
