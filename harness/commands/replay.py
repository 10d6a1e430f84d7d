"""``stageproof replay``: one kept case again, and nothing else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from harness.commands.home import home
from harness.engine import Project, Run, ScenarioUnit, Session
from harness.engine.lacking import needed, refuse
from harness.engine.playing import Played
from harness.engine.stories import story_named
from harness.evidence import Folder, Manifest, Replay, read_replay
from harness.model import HarnessError
from harness.report import Progress, follow
from harness.report.story import story
from harness.search.recording import smallest
from harness.targets.live import NOT_HERE

_TIMES = 3
"""Of what was found in just this: whether it breaks may be a matter of who is faster."""


def replay(
    path: Path, config: Path, target: str | None, times: int | None, console: Console
) -> int:
    """Play the case on a stage of its own; 1 when it breaks a law, or its fault didn't fire.

    It is played where it was found, unless a ``target`` is given, and until it breaks something:
    so many ``times`` at most, by default thrice, or once where what it was found in has changed.

    Raises:
        HarnessError: no replay, one of another application, a scenario that is gone, a target
            on which it may not be played.
    """
    kept = read_replay(path)
    project = Project.load(config)
    _same_application(kept, project, path)
    target = target or kept.target
    project = project.searching(target) if kept.searched else project
    unit = story_named(project.root, kept.unit)
    _check_target(kept, unit, target)
    _say_start(kept, path, console)
    run = _run(project, target, kept)
    with _followed(run.folder, console), Session(project, run, [unit]) as session:
        changed = _changed(kept, {**project.contracts.digests, **session.stage.deployed.digests})
        if kept.searched:  # a search plays on a stage that is warm: calls come as close together
            session.play(unit, f"{unit.id}#warm", *smallest(unit))
        plays = times or (1 if changed else _TIMES)
        played = _until_it_breaks(lambda nth: session.replay(kept, unit, nth), plays)
    return _tell(kept, played, changed, plays, console)


def _until_it_breaks(play: Callable[[int], Played], times: int) -> Played:
    """The first play that breaks something; else the last in which the faults fired, else the
    last."""
    played = [play(1)]
    while len(played) < times and not played[-1].findings:
        played.append(play(len(played) + 1))
    if played[-1].findings:
        return played[-1]
    return next((p for p in reversed(played) if not p.silent), played[-1])


def _same_application(kept: Replay, project: Project, path: Path) -> None:
    if kept.application != project.config.application:
        raise HarnessError(
            f"{path} is a replay of {kept.application!r}; this project is "
            f"{project.config.application!r}",
            "Give --config of the application that it was found in.",
        )


def _check_target(kept: Replay, unit: ScenarioUnit, target: str) -> None:
    """Before a stage is attached to; what else it lacks, only the stage tells."""
    if target == "live":
        needs = needed(unit, kept.plan)
        refuse(unit, target, {c: why for c, why in NOT_HERE.items() if c in needs})


def _run(project: Project, target: str, kept: Replay) -> Run:
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    manifest = Manifest(
        run=name, application=project.config.application, target=target, seed=kept.seed,
        started=now.isoformat(timespec="seconds"),
    )  # fmt: skip
    folder = Folder.create(home(project.root) / "replays" / name, manifest)
    return Run(name, kept.seed, target, "main", folder)


@contextmanager
def _followed(folder: Folder, console: Console) -> Iterator[None]:
    """Show what the session says while it works."""
    over = threading.Event()
    with Progress(console) as progress:

        def watch() -> None:
            for signal in follow(folder.path, lambda: not over.is_set()):
                progress.see(signal)

        watcher = threading.Thread(target=watch, name="progress", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def _changed(kept: Replay, digests: dict[str, str]) -> tuple[str, ...]:
    """What is another now than when the case was kept."""
    return tuple(sorted(n for n, d in kept.digests.items() if digests.get(n) not in (None, d)))


def _say_start(kept: Replay, path: Path, console: Console) -> None:
    console.print(f"replay of {escape(kept.unit)}, from {escape(str(path))}", soft_wrap=True)
    if kept.note:
        console.print(f"  {escape(kept.note)}")
    for fault in kept.plan.faults:
        console.print(f"  fault {escape(fault.id)}")


def _tell(
    kept: Replay, played: Played, changed: tuple[str, ...], plays: int, console: Console
) -> int:
    for line in story(played.history, played.findings):
        console.print(escape(line), soft_wrap=True)
    if changed:
        console.print(f"changed since it was kept: {', '.join(changed)}")
    if played.findings:
        said = "as recorded" if _same(kept, played) else "but another law than was recorded"
        console.print(f"[bold red]✘ fail[/]: it breaks a law, {said}")
        return 1
    if played.silent:
        silent = "; ".join(played.silent)
        console.print(f"[bold yellow]? unknown[/]: planned, but it didn't fire: {escape(silent)}")
        return 1
    often = f" (played {plays} times)" if plays > 1 else ""
    console.print(f"[bold green]✔ pass[/]: it breaks nothing now{often}; it used to break")
    for broke in kept.broke:
        console.print(f"  {escape(broke.law)}: {escape(broke.title)}", soft_wrap=True)
    return 0


def _same(kept: Replay, played: Played) -> bool:
    return bool({b.law for b in kept.broke} & {f.law for f in played.findings})
