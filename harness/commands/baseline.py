"""``stageproof baseline``: what a run found is known from now on, what is mended is struck."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from harness.commands.home import home
from harness.config import load_config
from harness.evidence import BASELINE, Baseline, Folder, Known, found, one_whole, read_baseline
from harness.model import HarnessError
from harness.report.typed import as_typed


def baseline(config: Path, console: Console, *, evidence: Path | None, add: bool) -> int:
    """Write it from a run's evidence; without any finding left the file goes.

    The first one takes in everything. Later ones only strike, so that nothing new is ever taken
    for known by the way; ``add`` takes it in.

    Raises:
        HarnessError: there is no run to take it from, or the file can't be read.
    """
    application = load_config(config).application
    path = config.resolve().parent / BASELINE
    first = not path.exists()
    before = read_baseline(path).model_copy(update={"application": application})
    folder = _run(config, evidence, application)
    # Of a part of the units, what the others once found stays.
    results = one_whole(folder.results(), partial=True)
    after = before.renewed(results, add=add or first)
    _write(path, after)
    console.print(f"from the run {folder.manifest.run} on {folder.manifest.target}")
    _list(console, "[red]known from now on[/]", _without(after.findings, before))
    _list(console, "[green]struck[/]", _without(before.findings, after))
    if left := _without(found(results), after):
        _list(console, "[yellow]new, and not taken in[/]", left)
        take = as_typed("stageproof baseline --add")
        console.print(f"Mend them, or take them in: [bold]{take}[/]")
    if after.findings:
        console.print(
            f"{len(after.findings)} known findings in {path.name}; check it in", soft_wrap=True
        )
    else:
        console.print(f"nothing is known to be wrong: there is no {path.name}")
    return 0


def _run(config: Path, evidence: Path | None, application: str) -> Folder:
    place = evidence or home(config.resolve().parent) / "runs" / "latest"
    if not (place / "run.json").is_file():
        raise HarnessError(
            f"there is no run in {place}", "Run stageproof verify first, or give --evidence FOLDER."
        )
    folder = Folder(place.resolve())
    if errors := folder.errors():
        raise HarnessError(f"that run could not do its job: {errors[0].what}", errors[0].mend)
    if folder.manifest.application != application:
        raise HarnessError(
            f"{place} is a run of {folder.manifest.application}, not of {application}",
            "Give --evidence FOLDER of a run of this application.",
        )
    return folder


def _write(path: Path, baseline: Baseline) -> None:
    if baseline.findings:
        path.write_text(baseline.model_dump_json(indent=2) + "\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _without(findings: Iterable[Known], other: Baseline) -> list[Known]:
    return [known for known in findings if known.fingerprint not in other]


def _list(console: Console, what: str, findings: list[Known]) -> None:
    for known in findings:
        console.print(f"  {what}: {escape(known.law)}: {escape(known.title)}", soft_wrap=True)
