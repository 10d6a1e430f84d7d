"""One lane: a process with a stage of its own, so that no breaker, limit or late message of one
exploration is another lane's."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from harness.engine import Project, Run, ScenarioUnit, Session
from harness.engine.lacking import lacking, told
from harness.engine.stories import story_named
from harness.evidence import Folder
from harness.model import HarnessError
from harness.search.exploration import Exploration, Leftout, Suspect
from harness.search.exploring import confirm, explore
from harness.search.orders import (
    Answer,
    Confirm,
    Explore,
    Failed,
    Order,
    Record,
    Up,
    Warm,
    Warmed,
)
from harness.search.recording import Recorded, record, smallest
from harness.search.stages import Smallest, Stages


@dataclass(frozen=True)
class LaneStart:
    """All that a lane is told before it begins."""

    number: int
    config: Path
    target: str
    seed: int
    run: str
    folder: Path
    """The run's evidence folder."""
    stories: tuple[str, ...]


def run_lane(start: LaneStart, line: Connection) -> None:
    """Serve orders until there are no more, or whoever gives them is gone; a process's main."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's is for whoever gives the orders
    signal.signal(signal.SIGTERM, _end)
    _say_into(start.folder / f"lane-{start.number}.log")
    try:
        _serve(start, line)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except HarnessError as error:
        _tell(line, Failed(error.what, error.mend))
    except Exception as error:
        traceback.print_exc()
        log = start.folder / f"lane-{start.number}.log"
        _tell(line, Failed(f"{type(error).__name__}: {error}", f"Report it, with {log}."))


def _serve(start: LaneStart, line: Connection) -> None:
    project = Project.load(start.config).searching(start.target)
    units = {name: story_named(project.root, name) for name in start.stories}

    def stage(number: int) -> Session:
        worker = f"lane{start.number}" if number == 1 else f"lane{start.number}.{number}"
        run = Run(start.run, start.seed, start.target, worker, Folder(start.folder))
        return Session(project, run, list(units.values()))

    # Found once: looking for it takes as much of a core as an exploration does.
    found = {name: smallest(unit) for name, unit in units.items()}
    with Stages(stage, found) as stages:
        lane = Lane(stages, units, found)
        line.send(Up(dict(stages.session.stage.deployed.digests)))
        for order in _orders(line):
            line.send(lane.done(order))
            _set_aside()


def _set_aside() -> None:
    """All that was recorded stays. Looking through it for garbage in the middle of a case takes a
    second of a core, ten on a full machine, in which neither wire nor doubles answer: functions
    time out, and a law sees what no fault brought about."""
    gc.collect()
    gc.freeze()


def _orders(line: Connection) -> Iterator[Order]:
    while (order := line.recv()) is not None:
        yield order


@dataclass
class Lane:
    """Does what is ordered, on its stage."""

    stages: Stages
    units: dict[str, ScenarioUnit]
    smallest: Smallest
    _numbers: Iterator[int] = field(default_factory=partial(count, 1))

    def done(self, order: Order) -> Answer:
        """The order's answer."""
        match order:
            case Warm(story):
                return self._warmed(self.units[story])
            case Record(story):
                return self._recorded(self.units[story])
            case Explore(candidate):
                return self._explored(order, self.units[candidate.story])
            case Confirm(suspect):
                return self._confirmed(suspect, self.units[suspect.candidate.story])

    def _warmed(self, unit: ScenarioUnit) -> Warmed:
        work, own = self.smallest[unit.id]
        if not lacking(unit, self.stages.session.stage.deployed):
            self.stages.play(unit, f"{unit.id}#warm", work, own)
        return Warmed()

    def _recorded(self, unit: ScenarioUnit) -> Recorded:
        stage = self.stages.session.stage
        deployed = stage.deployed
        if lacks := lacking(unit, deployed):
            _, own = self.smallest[unit.id]
            return Recorded(story=unit.id, own=own, spots=(), left=(), lacks=told(lacks))
        can = [c for c, m in deployed.capabilities.items() if m.has]
        clocked = {deployed.outputs[output] for output in stage.clocked}
        scheduled = [logical for logical, name in deployed.functions.items() if name in clocked]
        recorded = record(unit, partial(self.stages.play, unit), can, scheduled)
        if stage.wire is None:
            recorded = recorded.model_copy(update={"left": (*recorded.left, _NO_WIRE)})
        return recorded

    def _explored(self, order: Explore, unit: ScenarioUnit) -> Exploration | Suspect:
        work, _ = self.smallest[unit.id]
        play, keep = partial(self.stages.play, unit), partial(self.stages.kept, unit)
        mishaps = self.stages.mishaps
        return explore(unit, order.candidate, self._case(unit), work, play, keep, mishaps)

    def _confirmed(self, suspect: Suspect, unit: ScenarioUnit) -> Exploration:
        work, _ = self.smallest[unit.id]
        play, keep = partial(self.stages.play, unit), partial(self.stages.kept, unit)
        return confirm(unit, suspect, self._case(unit), work, play, keep)

    def _case(self, unit: ScenarioUnit) -> str:
        return f"{unit.id}#{next(self._numbers)}"


_NO_WIRE = Leftout(what="every AWS call", why="the target has no wire, or [wire] takes it away")


def _say_into(log: Path) -> None:
    """What is printed here would tear the screen of whoever gives the orders."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(file, stream.fileno())
    os.close(file)


def _tell(line: Connection, answer: Answer) -> None:
    try:
        line.send(answer)
    except OSError:
        return


def _end(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


Main = Callable[[LaneStart, Connection], None]
"""What a lane's process runs."""
