"""A load: how far it is, and what came of it, for a person."""

import time
from collections.abc import Iterator, Mapping

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.status import Status
from rich.table import Table
from rich.text import Text

from harness.load.attribution import Explained, Where
from harness.load.journeys import Statistics
from harness.load.result import LoadResult, Span
from harness.load.run import Standing
from harness.model import UnknownKind, Verdict
from harness.report.typed import all_as_typed, as_typed

_PLAIN_EVERY = 10.0
_MOST = 8
"""Lines of a kind."""
_BAR = 40
"""Characters of the longest bar."""
_LOOK = {
    Verdict.PASS: ("✔", "green"),
    Verdict.FAIL: ("✘", "red"),
    Verdict.UNKNOWN: ("?", "yellow"),
}
_INKS: Mapping[Where, tuple[str, str]] = {
    Where.GATEWAY: ("╱", "blue"),
    Where.QUEUE: ("█", "red"),
    Where.STREAM: ("▓", "magenta"),
    Where.RETRY: ("◆", "bright_red"),
    Where.COLD: ("❄", "bright_blue"),
    Where.BATCH: ("≡", "yellow"),
    Where.AWS: ("▒", "cyan"),
    Where.THIRD_PARTY: ("$", "bright_magenta"),
    Where.CODE: ("░", "green"),
}
"""How each is drawn, told apart without colours, too."""


class LoadProgress:
    """On a terminal one living line; in a log a line now and then."""

    def __init__(self, console: Console, wanted: int) -> None:
        self._console = console
        self._wanted = wanted
        self._status: Status | None = None
        self._said = time.monotonic()

    def __enter__(self) -> "LoadProgress":
        if self._console.is_terminal:
            self._status = self._console.status("bringing the stage up")
            self._status.start()
        else:
            self._console.print("bringing the stage up", highlight=False)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._status:
            self._status.stop()

    def see(self, standing: Standing) -> None:
        """Show how far it is."""
        if self._status:
            self._status.update(said(standing))
        elif time.monotonic() - self._said > _PLAIN_EVERY:
            self._said = time.monotonic()
            self._console.print(f"  {said(standing)}", highlight=False)


def said(standing: Standing) -> str:
    """How far a load is, in a line."""
    down = " · the outage is on" if standing.down else ""
    return (
        f"{standing.begun} of {standing.wanted} journeys begun · {standing.ended} ended · "
        f"{standing.failed} requests failed · {standing.seconds:.0f} s{down}"
    )


def load_screen(result: LoadResult, same: str = "") -> RenderableType:
    """All that a person should see at its end; ``same``: the options for the same stage."""
    typed = {"findings": all_as_typed(result.findings, same)}
    result = result.model_copy(update=typed)
    return Group(
        *_spans(result),
        *_requests(result),
        *_errors(result),
        *_where(result),
        *_findings(result),
        *_unknowns(result),
        _verdict(result),
    )


def _spans(result: LoadResult) -> Iterator[RenderableType]:
    table = _table(
        "JOURNEYS", "", "mean", "p50", "p95", "p99", "longest", "p99 required", "aimed at"
    )
    for span in result.spans:
        mark, colour = _LOOK[Verdict.PASS if span.kept else Verdict.FAIL]
        table.add_row(
            escape(span.name), f"[{colour}]{mark}[/]", *_times(span.took),
            f"< {span.required:g} s", _aim(span),
        )  # fmt: skip
    yield Padding(table, (1, 0, 0, 0))


def _aim(span: Span) -> str:
    if span.aim is None:
        return ""
    return f"< {span.aim:g} s " + ("[green]✔[/]" if span.aimed else "[yellow]missed[/]")


def _times(took: Statistics) -> tuple[str, ...]:
    return tuple(
        "never" if value is None else f"{value:.2f} s"
        for value in (took.mean, took.p50, took.p95, took.p99, took.longest)
    )


def _requests(result: LoadResult) -> Iterator[RenderableType]:
    table = _table("REQUESTS", "sent", "4xx", "failed", "mean", "p50", "p95", "p99", "longest")
    for each in result.requests:
        table.add_row(
            escape(each.operation), f"{each.count:,}", str(each.refused or ""),
            f"[red]{each.failed}[/]" if each.failed else "", *_times(each.seconds),
        )  # fmt: skip
    yield Padding(table, (1, 0, 0, 0))


def _errors(result: LoadResult) -> Iterator[RenderableType]:
    if not result.errors:
        return
    yield Text("\nREFUSALS AND ERRORS that customers met", style="bold")
    for what, count in list(result.errors.items())[:_MOST]:
        yield Text(f"  {count:>6,}  {what}")
    if len(result.errors) > _MOST:
        yield Text(f"  … and {len(result.errors) - _MOST} more kinds in load.json")


def _where(result: LoadResult) -> Iterator[RenderableType]:
    """The picture: a bar for each function on the way, in the colours of what it was spent on."""
    if not result.all.journeys:
        yield Text("\nwhere the time went can't be told: nothing crossed the wire", style="dim")
        return
    name = result.spans[0].name
    yield Text.from_markup(
        f"\n[bold]WHERE THE TIME WENT[/]  {escape(name)}, {result.all.seconds:.2f} s on average, "
        "by function and what it waited for"
    )
    most = max(sum(parts.values()) for parts in result.all.by_function.values())
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for function, parts in result.all.by_function.items():
        table.add_row(f"  {function}", f"{sum(parts.values()):.2f} s", _bar(parts, most))
    yield table
    yield _legend("all", result.all)
    yield _legend(f"slowest {result.slowest_share:.0%}", result.slowest)
    if (found := result.slowest.bottleneck) is not None:
        function, kind, seconds = found
        yield Text.from_markup(
            f"  bottleneck: [bold]{kind}[/] at [bold]{escape(function)}[/], {seconds:.2f} of "
            f"{result.slowest.seconds:.2f} s of the slowest"
        )
    if result.all.unexplained:
        yield Text(f"  {result.all.unexplained} journeys could not be followed", style="dim")


def _bar(parts: Mapping[Where, float], most: float) -> Text:
    bar, drawn, total = Text(), 0, 0.0
    for kind in Where:
        total += parts.get(kind, 0.0)
        until = round(_BAR * total / most) if most else 0
        ink, colour = _INKS[kind]
        bar.append(ink * (until - drawn), style=colour)
        drawn = until
    return bar


def _legend(of: str, some: Explained) -> Text:
    parts = sorted(some.by_kind.items(), key=lambda each: -each[1])
    inks = {kind: f"[{colour}]{ink}[/]" for kind, (ink, colour) in _INKS.items()}
    words = (
        f"{inks[kind]} {kind} {seconds:.2f} s ({seconds / some.seconds:.0%})"
        for kind, seconds in parts
        if some.seconds and seconds / some.seconds >= 0.005
    )
    return Text.from_markup(f"  {of}: " + "  ".join(words))


def _findings(result: LoadResult) -> Iterator[RenderableType]:
    for number, finding in enumerate(result.findings[:_MOST], 1):
        lines = [finding.title, *(x for x in (finding.detail, *finding.logs[:_MOST]) if x)]
        if finding.reproduce:
            lines.append(f"see it again: {finding.reproduce}")
        yield Padding(
            Panel(
                Text("\n".join(lines)),
                title=f"[bold red]finding {number}[/] · law [bold]{escape(finding.law)}[/]",
                title_align="left",
                border_style="red",
            ),
            (1, 0, 0, 0),
        )
    if len(result.findings) > _MOST:
        yield Text(f"… and {len(result.findings) - _MOST} more in load.json")


def _unknowns(result: LoadResult) -> Iterator[RenderableType]:
    for each in result.unknowns:
        colour = "dim" if each.excused else "yellow"
        mark = "" if each.kind is not UnknownKind.HARNESS_ERROR else "!"
        yield Text.from_markup(
            f"  [{colour}]{each.kind.value}{mark}[/] {escape(each.what)}: {escape(each.why)}"
        )


def _verdict(result: LoadResult) -> RenderableType:
    mark, colour = _LOOK[result.verdict]
    rest = ", ".join(f"{count} {state}" for state, count in result.resting.items())
    lines = [
        f"{result.begun:,} of {result.wanted:,} journeys begun, {result.ended:,} ended "
        f"({result.share:.1%}): {rest or 'none seen'}",
        f"{result.users} users · {result.seconds:.0f} s · "
        f"{result.ended / max(result.seconds, 0.1):.1f} journeys/s · "
        f"{sum(r.count for r in result.requests):,} requests, "
        f"{sum(r.failed for r in result.requests)} failed",
        f"laws: {_laws(result)}",
        *_down(result),
        f"{_machine(result)} · {sum(result.environments.values())} execution environments",
        f"seed {result.seed} · evidence {result.evidence}",
        f"next     {as_typed(f'stageproof check {result.evidence}')}  (judge it again)",
    ]
    return Padding(
        Panel(
            Text("\n".join(lines)),
            title=f"[bold {colour}]{mark} {result.verdict.value.upper()}[/] · load of "
            f"{result.application} on {result.target}",
            title_align="left",
            border_style=colour,
        ),
        (1, 0, 0, 0),
    )


def _laws(result: LoadResult) -> str:
    counted = {v: sum(said is v for said in result.laws.values()) for v in Verdict}
    return ", ".join(f"{n} {verdict.value}" for verdict, n in counted.items() if n)


def _down(result: LoadResult) -> Iterator[str]:
    down = result.outage
    if down is not None:
        yield (
            f"{down.service} was down from {down.began:.0f} to {down.ended:.0f} s and failed "
            f"{down.fired} calls"
        )


def _machine(result: LoadResult) -> str:
    busy = result.machine.busy
    told = "" if busy is None else f", {busy:.0%} busy"
    return f"{result.machine.cores} cores{told}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for other in others:
        table.add_column(other, no_wrap=True, justify="right")
    return table
