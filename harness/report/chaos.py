"""A search of faults: how far it is, and what it found, for a person."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text

from harness.model import Verdict
from harness.report.typed import as_typed, option_of
from harness.search import Counts, Leftout, Outcome, Told
from harness.search.result import EVENT_SOURCES, SearchedStory, SearchResult

_PLAIN_EVERY = 10.0
_MOST = 8
"""Lines of a kind."""
_LOOK = {
    Verdict.PASS: "[bold green]✔ pass[/]",
    Verdict.FAIL: "[bold red]✘ fail[/]",
    Verdict.UNKNOWN: "[bold yellow]? unknown[/]",
}


class ChaosProgress:
    """On a terminal one living line; in a log a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._said = time.monotonic()

    def __enter__(self) -> "ChaosProgress":
        if self._console.is_terminal:
            self._status = self._console.status("bringing the stages up")
            self._status.start()
        else:
            self._console.print("bringing the stages up", highlight=False)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._status:
            self._status.stop()

    def see(self, told: Told) -> None:
        """Show how far it is."""
        if self._status:
            self._status.update(standing(told))
        elif time.monotonic() - self._said > _PLAIN_EVERY:
            self._said = time.monotonic()
            self._console.print(f"  {standing(told)}", highlight=False)


def standing(told: Told) -> str:
    """How far a search is, in a line."""
    if not told.planned:
        return "seeing where faults can happen"
    left = "" if told.left is None else f" · {_long(told.left)} left"
    return (
        f"{told.explored} of {told.planned} explored · {told.rate:.0f} a minute{left} · "
        f"{told.broke} broke · {told.not_reached} not reached"
    )


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def chaos_screen(result: SearchResult, folder: str) -> RenderableType:
    """All that a person should see at its end."""
    on = option_of(result.target)
    return Group(
        *(part for story in result.stories for part in _story(story, on)),
        *_finds(result),
        Text.from_markup(f"[dim]not explored anywhere: {EVENT_SOURCES}[/]"),
        Text.from_markup(_verdict(result)),
        Text.from_markup(f"evidence: {escape(folder)}"),
    )


def _story(story: SearchedStory, on: str) -> Iterator[RenderableType]:
    whole = story.coverage.whole
    yield Text.from_markup(f"\n[bold]{escape(story.story)}[/]")
    if story.lacks:
        yield Text.from_markup(f"  [yellow]? unknown(capability)[/]: {escape(story.lacks)}")
        return
    yield _table("by function", story.coverage.by_function)
    yield _table("by service", story.coverage.by_service)
    yield Text.from_markup(
        f"  fault coverage: {whole.fired} of {whole.planned} single faults at {story.points} "
        f"points happened ([bold]{whole.share:.0%}[/]), {whole.survived} were survived"
    )
    if story.alike:
        every = as_typed(f"stageproof chaos{on} -k {story.story.rpartition('::')[2]} --every")
        yield Text.from_markup(
            f"  not explored: {story.alike} more, of calls that are alike to explored ones, which "
            f"stand for them ({escape(every)})"
        )
    several = len(story.explored) - whole.explored
    if several:
        yield Text.from_markup(f"  and {several} plans of several faults")
    yield from _silent(story)
    yield from _left(story.left)


def _table(title: str, counts: Mapping[str, Counts]) -> Table:
    names = ("faults", "explored", "fired", "survived", "broke", "not reached")
    table = Table(title, *names, box=None, padding=(0, 1), header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, count in sorted(counts.items()):
        broke = f"[red]{count.broke}[/]" if count.broke else "0"
        table.add_row(
            escape(name), str(count.planned), str(count.explored), str(count.fired),
            str(count.survived), broke, str(count.not_reached),
        )  # fmt: skip
    return table


def _silent(story: SearchedStory) -> Iterator[RenderableType]:
    for outcome in (Outcome.NOT_REACHED, Outcome.UNKNOWN):
        some = [e for e in story.explored if e.outcome is outcome]
        for each in some[:_MOST]:
            yield Text.from_markup(f"  [yellow]{outcome}[/] {escape(each.why or each.id)}")
        if len(some) > _MOST:
            yield Text.from_markup(f"  … and {len(some) - _MOST} more {outcome}")


def _left(left: tuple[Leftout, ...]) -> Iterator[RenderableType]:
    """Exclusions, counted by their reason; the evidence names each."""
    reasons = Counter(each.why for each in left)
    for why, count in reasons.most_common():
        yield Text.from_markup(f"  [dim]left out {count} times: {escape(why)}[/]")


def _finds(result: SearchResult) -> Iterator[RenderableType]:
    for find in result.finds:
        yield Text.from_markup(f"\n[bold red]✘[/] {escape(find.id)}")
        for broke in find.broke:
            yield Text.from_markup(f"    {escape(broke.law)}: {escape(broke.title)}")
        file = result.replays.get(find.id)
        if file:
            yield Text.from_markup(f"    {as_typed(f'stageproof replay {escape(file)}')}")


def _verdict(result: SearchResult) -> str:
    planned = sum(s.coverage.whole.planned for s in result.stories)
    explored = sum(s.coverage.whole.explored for s in result.stories)
    finds = sum(1 for _ in result.finds)
    said = {
        Verdict.PASS: "every explored one was survived or not reached"
        + (f"; {planned - explored} were not explored" if explored < planned else ""),
        Verdict.FAIL: f"{finds} broke a law",
        Verdict.UNKNOWN: result.why,
    }
    return (
        f"\n{_LOOK[result.verdict]}: {explored} of {planned} single faults explored "
        f"({result.fresh} explorations in {result.seconds:.0f} s of this run, "
        f"{result.rate:.0f} a minute), {escape(said[result.verdict])}"
    )
