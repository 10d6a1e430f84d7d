"""``stageproof parity``: the same seed on two targets, and where they differ."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.commands.home import home
from harness.commands.verify import Wish, verified
from harness.engine import Project
from harness.evidence import Difference, Folder, Side, differences
from harness.model import HarnessError
from harness.report.typed import as_typed
from harness.targets import measured_of


def parity(wish: Wish, targets: tuple[str, str], console: Console) -> int:
    """Verify on both, then compare: 0 if every difference is explained, else 1.

    Raises:
        HarnessError: one of the two runs couldn't be made.
    """
    here, there = targets
    if here == there:
        raise HarnessError(f"{here} is the same as itself", "Name two targets.")
    root = home(Project.load(wish.config).root) / "parity"
    base = root / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
    sides = tuple(_side(wish, target, base / target, console) for target in targets)
    told = differences(sides[0], sides[1])
    (base / "parity.json").write_text(
        json.dumps([asdict(d) for d in told], indent=2), encoding="utf-8"
    )
    return _say(told, sides, base, console)


def _side(wish: Wish, target: str, folder: Path, console: Console) -> Side:
    verified(replace(wish, target=target, evidence=folder), console)
    found = Folder(folder)
    return Side(target, tuple(found.results()), measured_of(target))


def _say(told: list[Difference], sides: tuple[Side, ...], folder: Path, console: Console) -> int:
    here, there = (s.target for s in sides)
    unexplained = [d for d in told if not d.by]
    if told:
        rows = Table("", "unit", "what differs", "explained by", box=None, title="PARITY")
        for d in sorted(told, key=lambda d: bool(d.by)):
            mark = "[yellow]–[/]" if d.by else "[red]✘[/]"
            rows.add_row(mark, escape(d.unit), escape(d.what), ", ".join(d.by) or "nothing")
        console.print(rows)
    units = len({r.unit for s in sides for r in s.results})
    said = f"{units} units on {here} and {there}: {len(told)} differences"
    colour = "red" if unexplained else "green"
    console.print(f"[bold {colour}]{said}, {len(unexplained)} of them unexplained[/]")
    console.print(f"evidence {folder}", soft_wrap=True)
    if unexplained:
        console.print(as_typed("Only some of it again: stageproof parity -k NAME"))
    return 1 if unexplained else 0
