"""Who is let in where: every secured operation, and every kind of caller that it was tried with."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.model import Admission, UnitResult

_FIRST = ("owner", "none", "malformed")
_MARKS = {True: "[green]✔[/]", False: "[red]✘[/]"}
_NOT_TRIED = "[dim]·[/]"


def admissions(results: Sequence[UnitResult]) -> Iterator[RenderableType]:
    """A table, and what the callers were answered; nothing where no operation is secured."""
    rows = {r.unit.split("::")[1]: r.admissions for r in results if r.admissions}
    if not rows:
        return
    columns = _columns(rows.values())
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("WHO IS LET IN", no_wrap=True)
    for column in columns:
        table.add_column(
            column.replace(" ", "\n"), justify="center", vertical="bottom", no_wrap=True
        )
    for operation, found in rows.items():
        table.add_row(operation, *(_cell(found.get(column)) for column in columns))
    yield table
    tried = sum(map(len, rows.values()))
    refusals = sorted({a.outcome for f in rows.values() for w, a in f.items() if w != "owner"})
    yield Text(f"  {tried} kinds of caller tried · they were answered {', '.join(refusals)}")


def _columns(rows: Iterable[dict[str, Admission]]) -> list[str]:
    """The owner first, then whoever has no good token, then the others as they come."""
    seen = dict.fromkeys(who for row in rows for who in row)
    return [c for c in _FIRST if c in seen] + [c for c in seen if c not in _FIRST]


def _cell(admission: Admission | None) -> str:
    return _NOT_TRIED if admission is None else _MARKS[admission.met]
