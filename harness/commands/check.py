"""``stageproof check``: judge a recorded history again, without the application."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.laws import quiet
from harness.laws.check import check as judge_file
from harness.model import HarnessError, Judgement, Verdict, worst

_LOOK = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}


def check(path: Path, console: Console) -> int:
    """Judge a history, or every history of an evidence folder; the exit code.

    A law that saw nothing in a history is listed; a broken one makes it 1, and so does nothing
    judged at all.
    """
    judged = [j for file in _histories(path) for j in _one(file, console)]
    decided = [j.verdict for j in judged if _decides(j)]
    if decided:
        return 1 if worst(decided) is Verdict.FAIL else 0
    if not judged:
        console.print("no law is recorded here: contracts are judged while they are tried")
    console.print("[yellow]unknown[/]: nothing was judged again")
    return 1


def _decides(judgement: Judgement) -> bool:
    """That cases came to rest says nothing of what they were about; that one didn't, does."""
    if judgement.law == quiet().name:
        return judgement.verdict is Verdict.FAIL
    return judgement.verdict is not Verdict.UNKNOWN


def _histories(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("history-*.jsonl"))
    if not found:
        raise HarnessError(f"{path} holds no history", "Give an evidence folder or a history file.")
    return found


def _one(path: Path, console: Console) -> Sequence[Judgement]:
    judgements = judge_file(path)
    console.print(f"[bold]{escape(str(path))}[/]", soft_wrap=True)
    if not judgements:
        return judgements
    table = Table("law", "verdict", "saw", "", box=None)
    for j in judgements:
        colour = _LOOK[j.verdict]
        table.add_row(escape(j.law), f"[{colour}]{j.verdict}[/]", str(j.saw), escape(_said(j)))
    console.print(table)
    return judgements


def _said(judgement: Judgement) -> str:
    if judgement.findings:
        return "; ".join(f.title for f in judgement.findings[:3])
    return judgement.why
