"""``stageproof up`` and ``down``: a stage that stays, to try things on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from harness.commands.standing import Doorkeeper, ask_down
from harness.config import load_config
from harness.engine import Project, Session
from harness.engine.session import Run
from harness.evidence import Folder, Manifest
from harness.model import Identity
from harness.specs import Operation, load_contracts
from harness.targets import Endpoint, open_target


def up(config: Path, target: str, console: Console) -> int:
    """Bring a stage up, say how to talk to it, and keep it until Ctrl-C or ``down``."""
    loaded = load_config(config)
    root = config.resolve().parent
    project = Project(root, loaded, load_contracts(loaded.contracts, root))
    with Doorkeeper(root) as keeper, _running(project, target, console) as endpoint:
        while True:
            with Session(project, _run(project, target, endpoint), ()) as session:
                _introduce(session, project, console)
                wish, peer = keeper.wait()
            if wish == "down":
                return 0
            console.print("lent to another run; its turn ends when it does")
            keeper.lend(peer, endpoint)


def down(config: Path, console: Console) -> int:
    """End the stage that ``up`` keeps."""
    ask_down(config.resolve().parent)
    console.print("the stage is down")
    return 0


@contextmanager
def _running(project: Project, target: str, console: Console) -> Iterator[Endpoint]:
    with open_target(target, project.config.target(target)) as running:
        yield running.start(lambda said: console.print(f"[dim]{escape(said)}[/]"))


def _run(project: Project, target: str, endpoint: Endpoint) -> Run:
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    folder = Folder.create(
        project.root / ".stageproof" / "up" / name,
        Manifest(
            run=name, application=project.config.application, target=target, seed=0,
            started=now.isoformat(timespec="seconds"),
        ),
    )  # fmt: skip
    return Run(name, 0, target, "up", folder, endpoint)


def _introduce(session: Session, project: Project, console: Console) -> None:
    deployed = session.stage.deployed
    console.print(f"\n[bold green]{deployed.name} is up[/] on {deployed.target}")
    console.print(f"  REST      {deployed.base_url}")
    console.print(f"  AWS       {deployed.endpoint} (region {deployed.region})")
    for name, url in session.stage.doubles.urls.items():
        console.print(f"  {name:<9} {url}")
    who = next((i for i in session.identities.values() if i.token), None)
    if who:
        console.print(f"\nA token to try ({who.name}):\n  export TOKEN={who.token}", soft_wrap=True)
    console.print("\nReady-made calls:")
    for operation in project.contracts.openapi.operations:
        line = curl(operation, deployed.base_url, who)
        console.print(f"  {escape(line)}", soft_wrap=True)
    console.print("\nVerify this stage from another terminal: [bold]stageproof verify --up[/]")
    console.print("Take it down: Ctrl-C here, or [bold]stageproof down[/]")


def curl(operation: Operation, base_url: str, who: Identity | None) -> str:
    """A command line that calls an operation with the contract's own example."""
    parts = ["curl -s"]
    if operation.method != "GET":
        parts.append(f"-X {operation.method}")
    if who is not None and operation.secured:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts += [f"-H '{name}: {value}'" for name, value in operation.example_headers.items()]
    if operation.example_body is not None:
        body = operation.example_body.replace("'", "'\\''")
        parts.append(f"-H 'Content-Type: application/json' -d '{body}'")
    return " ".join([*parts, f"'{base_url}{operation.example_path}'"])
