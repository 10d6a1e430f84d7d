"""``stageproof up`` and ``down``: a stage that stays, to try things on."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from harness.commands.home import home
from harness.commands.standing import Doorkeeper, ask_down
from harness.engine import Project, Run, Session
from harness.engine.contract.request import Fresh, Request, valid_requests
from harness.evidence import Folder, Manifest
from harness.specs import OpenApi, Operation, Parameter
from harness.targets import Endpoint, Target, open_target


def up(config: Path, target: str, console: Console) -> int:
    """Bring a stage up, say how to talk to it, and keep it until Ctrl-C or ``down``."""
    project = Project.load(config)
    with ExitStack() as held:
        keeper = held.enter_context(Doorkeeper(project.root))
        running = held.enter_context(open_target(target, project.config.target(target)))
        endpoint = running.start(lambda said: console.print(f"[dim]{escape(said)}[/]"))
        while True:
            _alive(running)
            with Session(project, _run(project, target, endpoint), ()) as session:
                _introduce(session, project, console)
                wish, peer = keeper.wait(partial(_alive, running))
            if wish == "down":
                return 0
            console.print("lent to another run; its turn ends when it does")
            keeper.lend(peer, endpoint)


def down(config: Path, console: Console) -> int:
    """End the stage that ``up`` keeps."""
    ask_down(config.resolve().parent)
    console.print("the stage is down")
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
    api = project.contracts.openapi
    lines = list(curls(api, deployed.base_url))
    for line in lines:
        console.print(f"  {escape(line)}", soft_wrap=True)
    if more := len(api.operations) - len(lines):
        console.print(f"  [dim]{more} other operations need what these answer[/]")
    console.print("\nVerify this stage from another terminal: [bold]stageproof verify --up[/]")
    console.print("Take it down: Ctrl-C here, or [bold]stageproof down[/]")


def curls(api: OpenApi, base_url: str) -> Iterator[str]:
    """A command line for each operation, from the contract's own first example."""
    for operation in api.operations:
        made = next(valid_requests(api, operation, Fresh("up"), _no_answers_yet), None)
        if made is not None and "bearer" in map(_scheme(api), operation.schemes or {"none"}):
            made = made.with_header("Authorization", "Bearer $TOKEN")
        if made is not None:
            yield curl(made, base_url)


def curl(request: Request, base_url: str) -> str:
    """One request as a command line; ``$TOKEN`` is left for the shell."""
    parts = ["curl", "-s"]
    if request.operation.method != "GET":
        parts += ["-X", request.operation.method]
    for name, value in request.headers.items():
        quoted = f'"{name}: {value}"' if "$" in value else shlex.quote(f"{name}: {value}")
        parts += ["-H", quoted]
    if request.body is not None:
        parts += ["-d", shlex.quote(request.body.decode())]
    return " ".join([*parts, shlex.quote(base_url + request.target)])


def _no_answers_yet(operation: Operation, parameter: Parameter) -> None:
    return None


def _scheme(api: OpenApi) -> Callable[[str], str]:
    """Security scheme → ``bearer``, ``apiKey`` …"""
    declared = api.raw.get("components", {}).get("securitySchemes", {})
    return lambda name: str(declared.get(name, {}).get("scheme", ""))
