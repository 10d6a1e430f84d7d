"""``stageproof verify``: run the units in a pytest of their own, then read what they left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from pydantic import TypeAdapter
from rich.console import Console

from harness.commands.home import home
from harness.commands.judged import check_judged
from harness.commands.searches import last_search
from harness.commands.standing import borrowed
from harness.commands.targeting import keeps_a_core_busy
from harness.engine import Project
from harness.engine.header import versions
from harness.evidence import Conclusion, Folder, Manifest, conclude
from harness.model import HarnessError
from harness.report import Progress, follow, junit, picture, screen
from harness.report.typed import as_typed
from harness.targets import Endpoint, default_home, open_target

STANDING = "endpoint.json"
"""In the evidence folder: the endpoint of a stage that somebody else keeps."""
_PYTEST_INTERRUPTED = 2
_PYTEST_USAGE = 4
_PYTEST_NOTHING = 5
_AT_MOST = 3
"""Stages by default: a scenario mostly waits, so one more than there are cores share them well."""
_GRACE = 25.0
"""Seconds that the units' process has to take its stage down after an interrupt."""


@dataclass(frozen=True)
class Wish:
    """What the caller asked for."""

    config: Path
    target: str = "embedded"
    seed: int = 0
    workers: int | None = None
    select: str = ""
    failed_only: bool = False
    stop_at_first: bool = False
    evidence: Path | None = None
    junit: Path | None = None
    pytest: tuple[str, ...] = ()
    verbose: bool = False
    up: bool = False
    """Use the stage that ``stageproof up`` keeps."""
    list_only: bool = False
    """Name the units that would be run, and start nothing."""
    same: str = ""
    """Options that mean the same stage, for the command to type next."""
    command: tuple[str, ...] = field(default_factory=lambda: tuple(sys.argv[1:]))

    @property
    def partial(self) -> bool:
        """Whether only some of the project's units are asked for."""
        return bool(self.select or self.failed_only or self.stop_at_first or self.pytest)

    @property
    def stages(self) -> int:
        """How many run side by side: a part, or somebody's stage, has one."""
        if self.workers is not None:
            return self.workers
        alone = self.partial or self.up or self.target == "live"
        more = 0 if keeps_a_core_busy(self.target) else 1
        return 1 if alone else min(_AT_MOST, (os.cpu_count() or 1) + more)


def verify(wish: Wish, console: Console) -> int:
    """Run it; the exit code of ``stageproof verify``.

    Raises:
        HarnessError: it couldn't do its job, or nothing that it was asked for could be judged.
    """
    if wish.list_only:
        return _list(wish, Project.load(wish.config))
    conclusion = verified(wish, console)
    check_judged(conclusion)
    return conclusion.exit_code


def verified(wish: Wish, console: Console) -> Conclusion:
    """Run it, leave the evidence and show what came of it.

    Raises:
        HarnessError: it couldn't do its job.
    """
    start = time.monotonic()
    project = Project.load(wish.config)
    # Made again by the units' process: here only to say at once that there is no such target.
    open_target(wish.target, project.config.target(wish.target))
    lint = time.monotonic() - start
    folder = _folder(wish, project)
    _say_start(console, wish, project)
    try:
        _run(wish, project, folder, console)
    except (HarnessError, KeyboardInterrupt):
        console.print(f"evidence so far: {folder.path}", soft_wrap=True)
        raise
    conclusion = conclude(
        folder,
        seconds=time.monotonic() - start,
        phases=_phases(folder, lint, time.monotonic() - start),
        expected=[] if wish.stop_at_first else _expected(folder),
        partial=wish.partial,
        baseline=project.baseline,
    )
    last = last_search(home(project.root), wish.target, _digests(folder))
    conclusion = conclusion.model_copy(update={"searched": last})
    _leave(folder, conclusion, wish)
    console.print(screen(conclusion, same=wish.same))
    return conclusion


def lint(config: Path, console: Console) -> int:
    """Check ``harness.toml`` and the contracts it names.

    Raises:
        HarnessError: with every mistake, its file and line, and how to mend it.
    """
    contracts = Project.load(config).contracts
    for waived in contracts.graphql.waived if contracts.graphql else ():
        console.print(waived, highlight=False, soft_wrap=True)
    console.print(f"{config} and {len(contracts.digests)} contracts are in order")
    console.print(as_typed("Verify what they promise: stageproof verify"))
    return 0


def _run(wish: Wish, project: Project, folder: Folder, console: Console) -> None:
    """Run the units; what they have to say is in the folder afterwards.

    Raises:
        HarnessError: they couldn't be run.
    """
    with ExitStack() as held:
        if wish.up and wish.stages > 1:
            raise HarnessError("there is one standing stage, not several", "Leave out -n.")
        if wish.up:
            endpoint = held.enter_context(borrowed(project.root))
            if endpoint.target != wish.target:
                raise HarnessError(
                    f"the standing stage is on {endpoint.target}, not on {wish.target}",
                    f"Say so: --up --target {endpoint.target}.",
                )
            folder.write(STANDING, TypeAdapter(Endpoint).dump_json(endpoint).decode())
        progress = held.enter_context(Progress(console))
        code = _units(wish, folder, project, progress)
    _check_exit(code, folder, stopped_early=wish.stop_at_first)


def _list(wish: Wish, project: Project) -> int:
    """Let pytest name what it would run, a unit on each line."""
    with TemporaryDirectory(prefix="stageproof-") as folder:
        argv = [
            *_argv(wish, Folder(Path(folder)), project),
            "--collect-only",
            "-q",
            "--no-header",
        ]
        code = subprocess.call(  # noqa: S603 - as below
            argv, cwd=project.root, env=_environment(project.root)
        )
    return 0 if code in (0, _PYTEST_NOTHING) else 2


def _units(wish: Wish, folder: Folder, project: Project, progress: Progress) -> int:
    """Run pytest as a child, show its signals, and give its exit code."""
    log = (folder.path / "pytest.log").open("wb")
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        _argv(wish, folder, project),
        cwd=project.root,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=_environment(project.root),
        start_new_session=True,
    )
    try:
        for seen in follow(folder.path, lambda: child.poll() is None):
            progress.see(seen)
        return child.wait()
    except BaseException:
        _end(child)
        raise
    finally:
        log.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let it take its stage down; a second interrupt, or its grace running out, ends its group."""
    try:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(_GRACE)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    except ProcessLookupError:
        pass


def _environment(root: Path) -> dict[str, str]:
    """The caller's; what Hypothesis keeps goes where everything else of ours does."""
    kept = str(home(root) / "hypothesis")
    made = {"HYPOTHESIS_STORAGE_DIRECTORY": kept, **os.environ, "PYTHONUNBUFFERED": "1"}
    if made.pop("PYTHONDONTWRITEBYTECODE", ""):
        # No bytecode beside the sources, as asked; but compiling it all again costs 5 s each time.
        made.setdefault("PYTHONPYCACHEPREFIX", str(default_home(os.environ) / "bytecode"))
    return made


def _argv(wish: Wish, folder: Folder, project: Project) -> list[str]:
    options = [
        # What failed last time is kept apart from what the project's own pytest remembers.
        f"--override-ini=cache_dir={home(project.root) / 'pytest'}",
        # Nothing here is a test whose asserts pytest should take apart.
        "--assert=plain",
        # pytest would end by collecting garbage five times over: two seconds of a worker's, to
        # warn of what tests leave behind.
        "-p",
        "no:unraisableexception",
        # For tests written with these tools; importing them costs every process a second.
        "-p",
        "no:schemathesis",
        "-p",
        "no:hypothesispytest",
        f"--stageproof-config={wish.config.resolve()}",
        f"--stageproof-places={os.pathsep.join(project.config.places(project.root))}",
        f"--stageproof-folder={folder.path}",
        f"--stageproof-target={wish.target}",
        f"--stageproof-seed={wish.seed}",
    ]
    if wish.select:
        options += ["-k", wish.select]
    if wish.stages > 1 and not wish.list_only:
        options += ["-n", str(wish.stages)]
    if wish.failed_only:
        options.append("--lf")
    if wish.stop_at_first:
        options.append("-x")
    if wish.verbose:
        options.append("-v")
    # The project's own settings for its tests are not meant for its units.
    root = wish.config.resolve().parent
    # Without the cut, -k would match the names of the folders above.
    apart = ["-c", os.devnull, f"--rootdir={root}", f"--confcutdir={root}"]
    return [sys.executable, "-m", "pytest", *apart, *options, *wish.pytest]


def _folder(wish: Wish, project: Project) -> Folder:
    contracts = project.contracts
    now = datetime.now(UTC)
    run = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    path = wish.evidence or home(project.root) / "runs" / run
    if path.exists() and any(path.iterdir()):
        raise HarnessError(f"{path} is not empty", "Give another --evidence folder.")
    if path.exists():
        path.rmdir()
    folder = Folder.create(
        path.resolve(),
        Manifest(
            run=run,
            application=project.config.application,
            target=wish.target,
            seed=wish.seed,
            started=now.isoformat(timespec="seconds"),
            command=wish.command,
            versions=versions(),
            digests={**contracts.digests, "harness.toml": _digest(wish.config)},
            documented=contracts.documented,
            only_under_fault=contracts.only_under_fault,
        ),
    )
    if wish.evidence is None:
        _point_latest(path)
    return folder


def _point_latest(path: Path) -> None:
    """``.stageproof/runs/latest`` names the newest run."""
    link = path.parent / "latest"
    part = path.parent / f".latest.{os.getpid()}"
    part.unlink(missing_ok=True)
    part.symlink_to(path.name)
    part.replace(link)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _say_start(console: Console, wish: Wish, project: Project) -> None:
    console.print(
        f"[bold]{project.config.application}[/] on [bold]{wish.target}[/] · "
        f"{len(project.contracts.documented)} operations · seed {wish.seed}",
        highlight=False,
    )


def _check_exit(code: int, folder: Folder, *, stopped_early: bool) -> None:
    """pytest's exit codes: 0 and 1 are verdicts, the rest says why there is none."""
    errors = folder.errors()
    if errors:
        raise errors[0]
    if code in (0, 1):
        return
    if code == _PYTEST_INTERRUPTED and stopped_early:  # -x with several workers
        return
    if code == _PYTEST_INTERRUPTED:
        raise KeyboardInterrupt
    tail = "\n".join((folder.path / "pytest.log").read_text(errors="replace").splitlines()[-15:])
    if code == _PYTEST_NOTHING:
        raise HarnessError("no unit was selected", "See what there is: stageproof verify --list")
    raise HarnessError(
        f"the units' process ended with {code}:\n{tail}",
        f"Its whole output is in {folder.path / 'pytest.log'}.",
    )


def _expected(folder: Folder) -> Sequence[str]:
    path = folder.path / "expected.json"
    return json.loads(path.read_text()) if path.is_file() else []


def _digests(folder: Folder) -> dict[str, str]:
    """Of what was verified: the contracts, and what the stages were made of."""
    deployed = [sheet.digests for sheet in folder.sheets()]
    return {**folder.manifest.digests, **(deployed[0] if deployed else {})}


def _phases(folder: Folder, lint: float, whole: float) -> dict[str, float]:
    """Seconds by phase; of several workers the slowest."""
    phases = {"lint": round(lint, 1)}
    for sheet in folder.sheets():
        for name, seconds in sheet.phases.items():
            phases[name] = max(phases.get(name, 0.0), round(seconds, 1))
    results = folder.results()
    by_worker: dict[tuple[str, str], float] = {}
    for r in results:
        kind = "scenarios" if r.kind == "scenario" else "contract"
        by_worker[kind, r.worker] = by_worker.get((kind, r.worker), 0.0) + r.seconds
    for kind in ("contract", "scenarios"):
        phases[kind] = round(max((s for (k, _), s in by_worker.items() if k == kind), default=0), 1)
    phases["rest"] = round(max(0.0, whole - sum(phases.values())), 1)
    return phases


def _leave(folder: Folder, conclusion: Conclusion, wish: Wish) -> None:
    folder.write("junit.xml", junit(conclusion))
    if wish.junit:
        wish.junit.parent.mkdir(parents=True, exist_ok=True)
        wish.junit.write_text(junit(conclusion), encoding="utf-8")
    folder.write("verdict.svg", picture(conclusion))
    folder.write("verdict.json", conclusion.model_dump_json(indent=2))
    folder.write(
        "digests.json",
        json.dumps(
            {p.name: _digest(p) for p in sorted(folder.path.iterdir()) if p.is_file()}, indent=2
        ),
    )
