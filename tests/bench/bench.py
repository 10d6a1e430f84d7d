"""What a run costs, beside something: `nox -s bench`.

Prints, from one run: seconds to verdict cold and warm by phase, contract cases per second beside
the bare tool (`st run`) on the same stage, seconds to a stage, seconds to judge a million records
again, what a GraphQL request costs beside its resolver and a change on its way to subscribers, what
an AWS call through the wire takes beside a direct one, and a warm invocation on each local target.
Ratios are worth quoting; absolute figures belong to the machine they were measured on.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import fronting
import invoking
from judging import figures
from rich.console import Console
from rich.table import Table
from wiring import costs

from harness.engine import Project, Run, Session
from harness.engine.contract import ContractUnit, units_of
from harness.evidence import Folder, Manifest
from harness.targets import TargetError

ROOT = Path(__file__).parents[2]
ROUNDS = 3


@dataclass(frozen=True)
class Rate:
    """Cases and the seconds they took."""

    cases: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Cases in a second."""
        return self.cases / self.seconds if self.seconds else 0.0


def main() -> None:
    """Measure and print."""
    console = Console(width=110, highlight=False)
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        cold = verdict(Path(scratch) / "cold", cache=Path(scratch) / "cache")
        warm = [verdict(Path(scratch) / f"warm{n}", cache=Path(scratch) / "cache") for n in (1, 2)]
        console.print(phases(cold, min(warm, key=lambda w: w["seconds"])))
        console.print(figures(_longest(Path(scratch) / "warm1")))
        with stage(Path(scratch)) as (session, project, up):
            console.print(rates(session, project, up, Path(scratch)))
            who = session.identities[project.config.checks.identities[0]]
            console.print(fronting.figures(session.stage, who))
        console.print(costs())
        try:
            console.print(invoking.figures())
        except TargetError as error:  # no Java, no Maven: what LocalStack needs as a program
            console.print(f"a warm invocation: not measured, since {error.what}")


def _longest(folder: Path) -> Path:
    """The longest history of a run."""
    return max(folder.glob("history-*.jsonl"), key=lambda f: f.stat().st_size)


def verdict(folder: Path, *, cache: Path) -> dict[str, object]:
    """One whole ``stageproof verify``; its verdict.json."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "verify", "--evidence", str(folder)],
        cwd=ROOT, env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not (folder / "verdict.json").is_file():
        sys.exit(f"verify gave no verdict:\n{done.stdout}{done.stderr}")
    told: dict[str, object] = json.loads((folder / "verdict.json").read_text())
    return told


def phases(cold: dict[str, object], warm: dict[str, object]) -> Table:
    """Seconds to verdict, by phase."""
    table = Table("seconds to verdict", "cold (downloads included)", "warm", "cold/warm")
    for name in ("seconds", *dict(cold["phases"])):  # type: ignore[call-overload]
        a, b = (
            float(run["seconds"] if name == "seconds" else run["phases"].get(name, 0))  # type: ignore[attr-defined,arg-type]
            for run in (cold, warm)
        )
        title = "all" if name == "seconds" else name
        table.add_row(title, f"{a:.1f}", f"{b:.1f}", f"{a / b:.1f}" if b else "")
    table.caption = (
        f"{warm['contract_cases']} contract cases, {warm['entities']} entities, "
        f"verdict {warm['verdict']}"
    )
    return table


@contextmanager
def stage(scratch: Path) -> Iterator[tuple[Session, Project, float]]:
    """A stage of its own, and the seconds it took to come up."""
    project = Project.load(ROOT / "harness.toml")
    manifest = Manifest(run="bench", application="bench", target="embedded", seed=0, started="")
    folder = Folder.create(scratch / "stage", manifest)
    start = time.monotonic()
    with Session(project, Run("bench", 0, "embedded", "main", folder), ()) as session:
        yield session, project, time.monotonic() - start


def rates(session: Session, project: Project, up: float, scratch: Path) -> Table:
    """Cases in a second, ours and the bare tool's, in turns on the same stage."""
    drawn = [u for u in units_of(project.contracts) if u.kind in ("positive", "negative")]
    units = [u for u in drawn if u.contract == "rest"]  # as the bare tool is given
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(measured(session, units))
        bare.append(bare_tool(session, project, scratch))
    table = Table("on one stage", "value")
    table.add_row("seconds to a stage (emulator, doubles, deploy, feeds)", f"{up:.1f}")
    us, it = (median(r.per_second for r in rs) for rs in (ours, bare))
    table.add_row("contract cases/s, ours (judged, recorded)", f"{us:.0f}")
    table.add_row("contract cases/s, bare st run", f"{it:.0f}")
    table.add_row("ours / bare", f"{us / it:.2f}" if it else "st run made no case")
    return table


def measured(session: Session, units: list[ContractUnit]) -> Rate:
    """The generated cases, run by us."""
    results = [session.run(unit) for unit in units]
    return Rate(sum(r.cases.ran for r in results), sum(r.seconds for r in results))


def bare_tool(session: Session, project: Project, scratch: Path) -> Rate:
    """The same contract by `st run`, as the first customer."""
    who = session.identities[project.config.checks.identities[0]]
    examples = str(project.config.checks.examples)
    start = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("st")), "run",
         str(ROOT / project.config.contracts.openapi), "--url", session.stage.deployed.base_url,
         "-H", f"Authorization: Bearer {who.token}", "--phases", "fuzzing",
         "--max-examples", examples, "--seed", "0", "--continue-on-failure"],
        capture_output=True, text=True, check=False,
        cwd=scratch,  # it leaves a cache where it is run
    )  # fmt: skip
    seconds = time.monotonic() - start
    found = re.search(r"(\d+) (?:test cases )?generated", done.stdout)
    return Rate(int(found[1]) if found else 0, seconds)


if __name__ == "__main__":
    main()
