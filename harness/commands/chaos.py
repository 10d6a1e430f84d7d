"""``stageproof chaos``: fail every call of a story in every way, and see what breaks."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from rich.console import Console

import harness
from harness.commands.home import home
from harness.commands.targeting import keeps_a_core_busy
from harness.doubles import menus_of
from harness.engine import Project, ScenarioUnit
from harness.engine.header import versions
from harness.engine.stories import stories_in
from harness.evidence import Folder, Manifest, Replay
from harness.model import HarnessError, Verdict
from harness.report.chaos import ChaosProgress, chaos_screen
from harness.search import Memory, Searched, digest_of, search, sources
from harness.search.lane import LaneStart
from harness.search.lanes import Lanes
from harness.search.machine import Machine
from harness.search.result import SearchResult, stories_of, verdict_of
from harness.targets import open_target

_LANES_A_CORE = 3
"""An exploration waits for a while in each of them: for a time-out, a retry, a message's return."""
_MOST_AT_FIRST, _MOST_LANES = 6, 12
"""Unless another number is asked for. More than at first are started while the machine has room."""


@dataclass(frozen=True)
class ChaosWish:
    """What the caller asked for."""

    config: Path
    target: str = "embedded"
    seed: int = 0
    workers: int | None = None
    select: str = ""
    budget: float | None = None
    """Seconds; without it every single fault is explored, and nothing else."""
    fresh: bool = False
    """Forget what was explored before."""
    every: bool = False
    """Explore calls, too, that are alike to others which would stand for them."""
    first: bool = False
    """End with the first that breaks something."""

    @property
    def lanes(self) -> int:
        """How many explore side by side from the start: an exploration mostly waits."""
        a_core = 1 if keeps_a_core_busy(self.target) else _LANES_A_CORE
        return self.workers or min(_MOST_AT_FIRST, a_core * (os.cpu_count() or 1))

    @property
    def most(self) -> int:
        """How many in the end, if there is room."""
        return self.workers or _MOST_LANES


def chaos(wish: ChaosWish, console: Console) -> int:
    """Search; the exit code of ``stageproof chaos``.

    Raises:
        HarnessError: it couldn't do its job; what it explored until then is kept.
    """
    if wish.target == "live":
        raise HarnessError(
            "a live stage is somebody's: nothing is made to fail there",
            "Search a stage of your own: --target embedded or localstack.",
        )
    project = Project.load(wish.config)
    open_target(wish.target, project.config.target(wish.target))
    units = _units(project, wish.select)
    folder = _folder(wish, project)
    searched = _search(wish, project, units, folder, console)
    result = _result(wish, project, folder, searched)
    folder.write("chaos.json", result.model_dump_json(indent=1))
    console.print(chaos_screen(result, str(folder.path)), soft_wrap=True)
    return 0 if result.verdict is Verdict.PASS else 1


def _units(project: Project, select: str) -> list[ScenarioUnit]:
    """The stories that say what work is searched, and of these what was asked for."""
    found = [
        unit
        for folder in project.config.scenarios.folders
        for module in sorted((project.root / folder).glob("*.py"))
        if module.name != "__init__.py"
        for unit in stories_in(module.relative_to(project.root))
        if unit.scenario.search is not None
    ]
    if not found:
        raise HarnessError(
            "no scenario declares work to search with",
            "Give its @scenario a search=…, whose smallest example is enough to tell the story.",
        )
    names = ", ".join(unit.scenario.name for unit in found)
    wanted = [unit for unit in found if select in unit.id]
    if not wanted:
        raise HarnessError(f"no searched scenario matches {select!r}", f"There are: {names}.")
    return wanted


def _search(
    wish: ChaosWish,
    project: Project,
    units: Sequence[ScenarioUnit],
    folder: Folder,
    console: Console,
) -> Searched:
    stories = tuple(unit.id for unit in units)
    starts = [
        LaneStart(
            number, wish.config.resolve(), wish.target, wish.seed, folder.path.name, folder.path,
            stories,
        )
        for number in range(1, wish.most + 1)
    ]  # fmt: skip
    _say_start(wish, project, units, console)

    def memory_of(digests: Mapping[str, str]) -> Memory:
        memory = Memory(home(project.root) / "chaos" / "explored", _digest(project, wish, digests))
        if wish.fresh:
            memory.forget()
        if memory.explored:
            console.print(f"{len(memory.explored)} explorations are remembered (--fresh forgets)")
        return memory

    with ExitStack() as held:
        progress = held.enter_context(ChaosProgress(console))
        lanes = held.enter_context(Lanes(starts, first=wish.lanes))
        menus = menus_of(project.config.doubles)
        try:
            return search(
                lanes, stories, memory_of, menus, seed=wish.seed, budget=wish.budget,
                every=wish.every, first=wish.first, machine=Machine(), told=progress.see,
            )  # fmt: skip
        except KeyboardInterrupt:
            console.print("what was explored is kept: the same command goes on where it was")
            raise


def _digest(project: Project, wish: ChaosWish, deployed: Mapping[str, str]) -> str:
    """Of all that results hold for: the application, its contracts and settings, the stories with
    their laws and doubles, and the harness that plays and judges them."""
    settings = sha256(wish.config.read_bytes()).hexdigest()
    contracts = {f"contract {n}": d for n, d in project.contracts.digests.items()}
    theirs = sources(*(project.root / folder for folder in _folders(project)))
    ours = sources(Path(harness.__file__).parent)
    return digest_of({**deployed, **contracts}, settings, wish.target, theirs, ours)


def _folders(project: Project) -> set[str]:
    """Where the stories are, and what else is written for this application's stage."""
    config = project.config
    modules = (double.factory.partition(":")[0] for double in config.doubles.values())
    inside = (module.split(".")[0] for module in modules)
    return {*config.scenarios.folders, *(m for m in inside if (project.root / m).is_dir())}


def _result(wish: ChaosWish, project: Project, folder: Folder, searched: Searched) -> SearchResult:
    stories = stories_of(searched)
    verdict, why = verdict_of(stories, wish.budget)
    return SearchResult(
        run=folder.path.name,
        application=project.config.application,
        target=wish.target,
        seed=wish.seed,
        budget=wish.budget,
        verdict=verdict,
        why=why,
        stories=stories,
        fresh=searched.fresh,
        seconds=round(searched.seconds, 1),
        digests={**project.contracts.digests, **searched.digests},
        replays=_replays(searched, folder),
    )


def _replays(searched: Searched, folder: Folder) -> dict[str, str]:
    """Each find's replay, written into the evidence."""
    files = {}
    for number, find in enumerate(searched.kept, 1):
        story = Replay.model_validate_json(find.replay).unit.rpartition("::")[2]
        path = folder.write(f"replays/{story}-{number}.json", find.replay)
        files[find.id] = str(path)
    return files


def _folder(wish: ChaosWish, project: Project) -> Folder:
    now = datetime.now(UTC)
    run = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    manifest = Manifest(
        run=run, application=project.config.application, target=wish.target, seed=wish.seed,
        started=now.isoformat(timespec="seconds"), versions=versions(),
        digests=project.contracts.digests,
    )  # fmt: skip
    return Folder.create(home(project.root) / "chaos" / "runs" / run, manifest)


def _say_start(
    wish: ChaosWish, project: Project, units: Sequence[ScenarioUnit], console: Console
) -> None:
    names = ", ".join(unit.scenario.name for unit in units)
    bound = f" · {wish.budget:g} s" if wish.budget is not None else ""
    more = f" to {wish.most}" if wish.most > wish.lanes else ""
    console.print(
        f"[bold]{project.config.application}[/] on [bold]{wish.target}[/] · {names} · "
        f"{wish.lanes}{more} lanes · seed {wish.seed}{bound}",
        highlight=False,
    )
