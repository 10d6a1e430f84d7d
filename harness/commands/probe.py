"""``stageproof probe``: what a target can do, by trying; held against what the data says."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.model import Capability, HarnessError, Measured
from harness.probe import QUESTIONS, differences, table, write
from harness.probe import probe as measure
from harness.report.typed import as_typed
from harness.targets import TargetError, TargetSettings, capabilities_of, open_target

_PAGE = Path("docs") / "capabilities.md"
_COLUMNS = ("ministack-1.5.33", "localstack-4.14.0")
"""Of the page: the emulators that targets start by themselves."""


def probe(target: str, console: Console, *, only: str = "", write: bool, same: str = "") -> int:
    """Measure; 0 if the data says the same, 1 if it doesn't.

    Raises:
        HarnessError: there is no such target, it can't be started, the stack can't be deployed.
    """
    if only and not any(only in c for c in QUESTIONS):
        raise HarnessError(
            f"no capability's name contains {only!r}", f"There are: {', '.join(QUESTIONS)}."
        )
    with open_target(target, TargetSettings(), unmeasured=True) as running:
        started = running.start(lambda said: _note(console, said))
        found = measure(
            started, lambda said: _note(console, said), only=lambda q: only in q.capability
        )
    console.print(_shown(started.emulator, found))
    if write:
        _keep(started.emulator, found, console)
        return 0
    return _held(started.emulator, found, only, console, same)


def _held(
    emulator: str,
    found: Mapping[Capability, Measured],
    only: str,
    console: Console,
    same: str,
) -> int:
    try:
        kept = {c: m for c, m in capabilities_of(emulator).items() if only in c}
    except TargetError:
        console.print(f"{emulator} was never measured before; keep this: --write")
        return 1
    stale = differences(found, kept)
    for line in stale:
        console.print(f"[red]stale[/] {escape(line)}", soft_wrap=True)
    if stale:
        again = as_typed(f"stageproof probe{same} --write")
        console.print(f"Look whether that is right, then: {again}", soft_wrap=True)
        return 1
    console.print(f"[green]the data on {emulator} holds[/]: {len(found)} capabilities")
    console.print(as_typed("Verify by it: stageproof verify", same), soft_wrap=True)
    return 0


def _keep(emulator: str, found: Mapping[Capability, Measured], console: Console) -> None:
    """A part replaces its part; what wasn't asked stays as it was."""
    with suppress(TargetError):  # never measured before
        found = {**capabilities_of(emulator), **found}
    found = {c: found[c] for c in Capability if c in found}
    path = Path(str(files("harness.targets"))) / "measured" / f"{emulator}.json"
    version = emulator.partition("-")[2]
    write(path, found, version=version, day=datetime.now(UTC).date())
    console.print(f"written: {path}", soft_wrap=True)
    capabilities_of.cache_clear()
    if _PAGE.parent.is_dir() and emulator in _COLUMNS:
        _PAGE.write_text(page(), encoding="utf-8")
        console.print(f"written: {_PAGE}")


def page() -> str:
    """The page of the kept data."""
    return table({name: capabilities_of(name) for name in _COLUMNS})


def _shown(emulator: str, found: Mapping[Capability, Measured]) -> Table:
    rows = Table("", "capability", "what was tried and what happened", box=None, title=emulator)
    for m in found.values():
        rows.add_row("[green]✔[/]" if m.has else "[yellow]✘[/]", m.capability, escape(m.how))
    return rows


def _note(console: Console, said: str) -> None:
    # Two hundred lines of them help nobody who isn't watching.
    if console.is_terminal or "STAGEPROOF_VERBOSE" in os.environ:
        console.print(f"[dim]{escape(said)}[/]")
