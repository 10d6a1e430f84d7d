"""``stageproof load``: many customers at once, and whether everything still holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from harness.commands.home import home
from harness.engine import Project, Run
from harness.engine.header import versions
from harness.evidence import Folder, Manifest
from harness.load.errors import LoadError
from harness.load.locust import check_installed
from harness.load.outage import Outage
from harness.load.run import Load, run_load
from harness.model import Verdict
from harness.report.load import LoadProgress, load_screen
from harness.targets import open_target

_RAMP = 30.0
"""Seconds in which all users have begun, unless told otherwise."""


@dataclass(frozen=True)
class LoadWish:
    """What the caller asked for."""

    config: Path
    target: str = "embedded"
    seed: int = 0
    users: int = 100
    journeys: int = 1000
    rate: float | None = None
    """Users that begin in a second."""
    limit: float = 900.0
    """Seconds after which it ends, wherever it is."""
    outage: str = ""
    """The double that is down for a while in the middle."""
    outage_seconds: float = 20.0
    ui: int | None = None
    """The port of Locust's page."""
    same: str = ""
    """Options that mean the same stage, for the command to type next."""


def load(wish: LoadWish, console: Console) -> int:
    """Do it; the exit code of ``stageproof load``.

    Raises:
        HarnessError: it couldn't do its job.
    """
    if wish.users > wish.journeys:
        raise LoadError(
            f"{wish.users} users for {wish.journeys} journeys: some would have nothing to do",
            "Ask for as many --journeys as --users, or more.",
        )
    if wish.target == "live":
        raise LoadError(
            "a live stage is somebody's: nobody is put under load there",
            "Load a stage of your own: --target embedded or localstack.",
        )
    check_installed()
    project = Project.load(wish.config)
    if project.config.load is None:
        raise LoadError(
            f"{wish.config} has no [load]",
            "Say there what its users are and what they must keep to; see `stageproof schema`.",
        )
    open_target(wish.target, project.config.target(wish.target))
    folder = _folder(wish, project)
    run = Run(folder.path.name, wish.seed, wish.target, "load", folder)
    _say_start(wish, project, console)
    with LoadProgress(console, wish.journeys) as progress:
        result = run_load(project, run, _load(wish), progress.see)
    folder.write("load.json", result.model_dump_json(indent=1))
    console.print(load_screen(result, same=wish.same), soft_wrap=True)
    return 0 if result.verdict is Verdict.PASS else 1


def _load(wish: LoadWish) -> Load:
    outage = Outage(service=wish.outage, seconds=wish.outage_seconds) if wish.outage else None
    rate = wish.rate or max(1.0, wish.users / _RAMP)
    return Load(wish.users, wish.journeys, rate, wish.limit, outage, wish.ui)


def _folder(wish: LoadWish, project: Project) -> Folder:
    now = datetime.now(UTC)
    run = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    manifest = Manifest(
        run=run, application=project.config.application, target=wish.target, seed=wish.seed,
        started=now.isoformat(timespec="seconds"), versions=versions(),
        digests=project.contracts.digests,
    )  # fmt: skip
    return Folder.create(home(project.root) / "load" / "runs" / run, manifest)


def _say_start(wish: LoadWish, project: Project, console: Console) -> None:
    down = f" · {wish.outage} down in the middle" if wish.outage else ""
    console.print(
        f"[bold]{project.config.application}[/] on [bold]{wish.target}[/] · {wish.users} users · "
        f"{wish.journeys:,} journeys · seed {wish.seed}{down}",
        highlight=False,
    )
    if wish.ui is not None:
        console.print(f"Locust's page, while it runs: http://127.0.0.1:{wish.ui}")
