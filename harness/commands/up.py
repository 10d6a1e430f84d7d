"""``stageproof up`` and ``down``: a stage that stays, to try things on."""

from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from harness.commands.home import home
from harness.commands.introduction import introduce
from harness.commands.standing import Doorkeeper, ask_down
from harness.deploy import load_template
from harness.engine import Project, Run, Session
from harness.evidence import Folder, Manifest
from harness.report.typed import as_typed
from harness.targets import Endpoint, Target, open_target


def up(config: Path, target: str, console: Console) -> int:
    """Bring a stage up, say how to talk to it, and keep it until Ctrl-C or ``down``."""
    project = Project.load(config)
    load_template(project.config.template_in(project.root))  # before anything is started
    with ExitStack() as held:
        keeper = held.enter_context(Doorkeeper(project.root))
        running = held.enter_context(open_target(target, project.config.target(target)))
        endpoint = running.start(lambda said: console.print(f"[dim]{escape(said)}[/]"))
        while True:
            _alive(running)
            with Session(project, _run(project, target, endpoint), ()) as session:
                introduce(session, project, console)
                wish, peer = keeper.wait(partial(_alive, running))
            if wish == "down":
                return 0
            console.print("lent to another run; its turn ends when it does")
            keeper.lend(peer, endpoint)


def down(config: Path, console: Console) -> int:
    """End the stage that ``up`` keeps."""
    ask_down(config.resolve().parent)
    console.print(as_typed("the stage is down; another one: stageproof up"))
    return 0


def _alive(target: Target) -> None:
    if not target.alive():
        raise target.death()


def _run(project: Project, target: str, endpoint: Endpoint) -> Run:
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    folder = Folder.create(
        home(project.root) / "up" / name,
        Manifest(
            run=name, application=project.config.application, target=target, seed=0,
            started=now.isoformat(timespec="seconds"),
        ),
    )  # fmt: skip
    return Run(name, 0, target, "up", folder, endpoint)
