"""The verdict on one screen: what was checked, what was found, what is unknown, what to do next."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from harness.evidence import BASELINE, Conclusion
from harness.model import Finding, UnitResult, Unknown, UnknownKind, Verdict
from harness.report.admissions import admissions
from harness.report.typed import all_as_typed, as_typed

_LOOK = {
    Verdict.PASS: ("✔", "green"),
    Verdict.FAIL: ("✘", "red"),
    Verdict.UNKNOWN: ("?", "yellow"),
}
_KINDS = ("examples", "boundaries", "positive", "negative", "identities")
_EVENTS = ("produced", "consumed")
_MOST_LOGS = 14
_MOST_FINDINGS = 12
_MOST_NAMES = 6


def screen(conclusion: Conclusion, *, same: str = "") -> RenderableType:
    """Everything that a person should see at the end of a run.

    ``same`` are the options that mean the same stage, for what to type next.
    """
    then = as_typed(_next(conclusion), same)
    typed = {
        "findings": all_as_typed(conclusion.findings, same),
        "known": all_as_typed(conclusion.known, same),
    }
    conclusion = conclusion.model_copy(update=typed)
    return Group(
        *_contract(conclusion),
        *_admissions(conclusion),
        *_events(conclusion),
        *_scenarios(conclusion),
        *_findings(conclusion.findings),
        *_known(conclusion),
        *_unknowns(conclusion.unknowns),
        _times(conclusion),
        _verdict(conclusion, then),
    )


def _contract(conclusion: Conclusion) -> Iterator[RenderableType]:
    rows: dict[str, dict[str, UnitResult]] = {}
    for result in conclusion.results:
        if result.kind in _KINDS:
            rows.setdefault(_operation(result), {})[result.kind] = result
    if not rows:
        return
    table = _table("CONTRACT", *_KINDS, "outcomes seen")
    seen = {o.operation: o for o in conclusion.coverage.operations}
    for operation, cells in rows.items():
        statuses = seen.get(operation)
        table.add_row(
            operation,
            *(_cell(cells.get(kind)) for kind in _KINDS),
            _statuses(statuses.seen) if statuses else "",
        )
    for result in conclusion.results:
        if result.kind == "stateful":
            table.add_row("sequences of operations", _cell(result), "", "", "", "", "")
    yield table
    cover = conclusion.coverage
    missing = f"  [yellow]not seen: {_some(cover.missing)}[/]" if cover.missing else ""
    yield Text.from_markup(
        f"  {cover.exercised} of {cover.documented} operations × documented outcomes seen "
        f"([bold]{cover.share:.0%}[/]){missing}"
    )


def _admissions(conclusion: Conclusion) -> Iterator[RenderableType]:
    found = list(admissions(conclusion.results))
    if found:
        yield Padding(Group(*found), (1, 0, 0, 0))


def _events(conclusion: Conclusion) -> Iterator[RenderableType]:
    """Channels: messages that were sent, variants that their consumers were tried with."""
    rows: dict[str, dict[str, UnitResult]] = {}
    for result in conclusion.results:
        if result.kind in _EVENTS:
            rows.setdefault(_operation(result), {})[result.kind] = result
    if not rows:
        return
    table = _table("EVENTS", *_EVENTS)
    for channel, cells in rows.items():
        table.add_row(channel, *(_cell(cells.get(kind)) for kind in _EVENTS))
    yield Padding(table, (1, 0, 0, 0))


def _scenarios(conclusion: Conclusion) -> Iterator[RenderableType]:
    rows = [r for r in conclusion.results if r.kind == "scenario"]
    if not rows:
        return
    table = _table("SCENARIOS", "", "cases", "entities", "faults", "seconds", "story")
    for r in rows:
        mark, colour = _look(r)
        table.add_row(
            _name(r),
            f"[{colour}]{mark}[/]",
            str(r.cases.counted or ""),
            str(r.cases.entities or ""),
            str(r.cases.faults_fired or ""),
            f"{r.seconds:.1f}",
            escape(r.title),
        )
        if r.times:
            table.add_row("", "", "", "", "", "", f"[dim]{escape(_measured(r))}[/]")
    yield Padding(table, (1, 0, 0, 0))


def _name(result: UnitResult) -> str:
    """``scenarios/happy_path.py::happy_path`` as a person says it."""
    return result.unit.rpartition("::")[2].replace("_", " ")


def _measured(result: UnitResult) -> str:
    """The middle one of each time that the story measured."""
    return " · ".join(
        f"{name.removesuffix(' p50')} {seconds:.2f} s"
        for name, seconds in result.times.items()
        if name.endswith(" p50")
    )


def _findings(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    for number, finding in enumerate(findings[:_MOST_FINDINGS], 1):
        yield Padding(
            Panel(
                Group(*_finding(finding)),
                title=f"[bold red]finding {number}[/] · law [bold]{escape(finding.law)}[/]",
                title_align="left",
                border_style="red",
            ),
            (1, 0, 0, 0),
        )
    if len(findings) > _MOST_FINDINGS:
        yield Text(f"… and {len(findings) - _MOST_FINDINGS} more in verdict.json")


def _finding(finding: Finding) -> Iterator[RenderableType]:
    times = f"  [dim](seen {finding.seen} times)[/]" if finding.seen > 1 else ""
    yield Text.from_markup(f"[bold]{escape(finding.title)}[/]{times}")
    if finding.detail:
        yield Text(finding.detail)
    for step in finding.story:
        yield Text(f"  {step}", style="dim")
    if finding.exchange:
        yield Text(f"→ {finding.exchange.request}", style="cyan")
        yield Text(f"← {finding.exchange.response}", style="cyan")
    if finding.logs:
        yield Text("what the function logged:", style="dim")
        for line in finding.logs[:_MOST_LOGS]:
            yield Text(f"  {line.rstrip()[:300]}", style="dim")
    if finding.reproduce:
        yield Text.from_markup(f"see it again: [bold]{escape(finding.reproduce)}[/]")


def _known(conclusion: Conclusion) -> Iterator[RenderableType]:
    """What the baseline has: still so, and no longer."""
    if conclusion.known:
        yield Text(f"\nKNOWN ({BASELINE}; does not change the verdict)", style="bold yellow")
        for finding in conclusion.known:
            yield Text.from_markup(
                f"  [yellow]{escape(finding.law)}[/] {escape(finding.title)}  "
                f"[dim]{escape(finding.reproduce)}[/]"
            )
    if conclusion.mended:
        strike = as_typed("stageproof baseline")
        yield Text(f"\nKNOWN, AND NO LONGER SEEN (strike them: {strike})", "bold green")
        for known in conclusion.mended:
            yield Text.from_markup(f"  [green]{escape(known.law)}[/] {escape(known.title)}")


def _unknowns(unknowns: Sequence[Unknown]) -> Iterator[RenderableType]:
    hard = [u for u in unknowns if not u.excused]
    soft = [u for u in unknowns if u.excused]
    for title, some, colour in (
        ("UNKNOWN: the harness could not tell", hard, "yellow"),
        ("NOT JUDGED HERE (does not change the verdict)", soft, "dim"),
    ):
        if some:
            yield Text(f"\n{title}", style=f"bold {colour}")
            for (kind, what, why), n in _grouped(some).items():
                times = f" ({n}×)" if n > 1 else ""
                yield Text.from_markup(
                    f"  [{colour}]{kind.value}[/] {escape(what)}{times}: {escape(why)}"
                )


def _grouped(unknowns: Sequence[Unknown]) -> dict[tuple[UnknownKind, str, str], int]:
    groups: dict[tuple[UnknownKind, str, str], int] = {}
    for u in unknowns:
        group = (u.kind, u.what, u.why)
        groups[group] = groups.get(group, 0) + 1
    return groups


def _times(conclusion: Conclusion) -> RenderableType:
    phases = " · ".join(f"{name} {seconds:.1f}" for name, seconds in conclusion.phases.items())
    slowest = " (of the slowest stage)" if conclusion.stages > 1 else ""
    return Text(f"\ntime    {conclusion.seconds:.1f} s: {phases}{slowest}", style="dim")


def _verdict(conclusion: Conclusion, then: str) -> RenderableType:
    c = conclusion
    mark, colour = _LOOK[c.verdict]
    lines = [
        f"{sum(c.units.values())} units: {c.units.get('pass', 0)} pass, "
        f"{c.units.get('fail', 0)} fail, {c.units.get('unknown', 0)} unknown"
        + (f" · {_plural(len(c.known), 'known finding')}" if c.known else ""),
        f"{c.contract_cases:,} contract cases · {c.scenario_cases} scenario cases · "
        f"{c.entities:,} entities · {c.faults_fired} faults fired",
        f"{sum(c.environments.values())} execution environments · {c.records:,} records · "
        f"{_plural(c.stages, 'stage')}",
        *_searched(c),
        f"seed {c.seed} · cases {c.cases_digest}",
        f"evidence {c.evidence}",
        f"next     {then}",
    ]
    return Panel(
        Text("\n".join(lines)),
        title=f"[bold {colour}]{mark} {c.verdict.value.upper()}[/] · {c.application} on {c.target}"
        + (" · only a part of its units" if c.partial else ""),
        title_align="left",
        border_style=colour,
    )


def _searched(conclusion: Conclusion) -> Iterator[str]:
    """What a search said of the same application; it is no part of the verdict."""
    for found in conclusion.searched:
        name = found.story.rpartition("::")[2].replace("_", " ")
        share = found.fired / found.planned if found.planned else 1.0
        broke = f", {found.broke} broke a law" if found.broke else ""
        yield (
            f"faults searched before: {name} {found.fired:,} of {found.planned:,} happened "
            f"({share:.0%}) at {found.points} points{broke}"
        )
    if conclusion.scenario_cases and not conclusion.searched:
        yield f"faults searched before: none of this application ({as_typed('stageproof chaos')})"


def _next(conclusion: Conclusion) -> str:
    if conclusion.findings:
        return conclusion.findings[0].reproduce or "stageproof verify --lf"
    if conclusion.verdict is Verdict.UNKNOWN:
        return "stageproof verify --lf -v"
    if conclusion.mended:
        return "stageproof baseline  (strike what is mended)"
    if conclusion.scenario_cases == 0:
        return f"stageproof verify --seed {conclusion.seed + 1}  (other cases)"
    return f"stageproof check {conclusion.evidence}  (judge it again)"


def _table(*columns: str) -> Table:
    last = len(columns) - 1
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number != last or number == 0, overflow="fold")
    return table


def _cell(result: UnitResult | None) -> str:
    if result is None:
        return "[dim]·[/]"
    mark, colour = _look(result)
    return f"[{colour}]{mark}[/] {result.cases.ran}"


def _look(result: UnitResult) -> tuple[str, str]:
    """A unit that fails as is known of it doesn't look as if it passed."""
    known = result.known and result.verdict is Verdict.PASS
    return ("✘", "yellow") if known else _LOOK[result.verdict]


def _statuses(seen: dict[str, int]) -> str:
    return " ".join(f"[green]{s}[/]" if n else f"[yellow]{s}?[/]" for s, n in seen.items())


def _operation(result: UnitResult) -> str:
    return result.unit.split("::")[1] if "::" in result.unit else result.title


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _plural(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
