"""The life of an entity, held against its graph of legal steps."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.entities import Change, changes
from harness.laws.reading import word
from harness.model import Frozen, History, Judgement
from harness.specs import load_document, read_lifecycle


class Graph(Frozen):
    """The states of an entity: where it begins, where it ends, and each legal step."""

    initial: tuple[str, ...]
    final: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]


def graph(
    initial: Iterable[str], final: Iterable[str], steps: Mapping[str, Iterable[str]]
) -> Graph:
    """A graph from ``{from: [to, …]}``."""
    pairs = tuple((a, b) for a, following in steps.items() for b in following)
    return Graph(initial=tuple(initial), final=tuple(final), steps=pairs)


def read_graph(path: Path) -> Graph:
    """The graph of a lifecycle contract.

    Raises:
        ContractError: the file can't be read or is no such contract.
    """
    told = read_lifecycle(load_document(path.parent, path.name))
    return Graph(
        initial=(told.initial,), final=tuple(sorted(told.final)), steps=tuple(sorted(told.steps))
    )


class LegalTransitions(BaseLaw):
    """Each observed change of state is a step of the graph, and follows the one seen before it.

    An entity begins in an initial state and is only removed in a final one. Its versions grow by
    exactly one with every write, so that no write is lost, doubled or seen out of order.
    """

    kind: Literal["legal_transitions"] = "legal_transitions"
    entity: str
    graph: Graph
    versions: bool = True

    def judge(self, history: History) -> Judgement:
        """Walk through each entity's changes once."""
        tally = Tally(self.name)
        last: dict[str, Change] = {}
        legal = _Legal(self.graph, self.versions)
        for key, change in changes(history, self.entity):
            tally.saw += 1
            before = last.get(key)
            for shape, wrong in legal.breaches(before, change):
                shown = [c.record for c in (before, change) if c is not None]
                tally.breach(shape, f"{word(self.entity)} {key}{wrong}", shown, key=key)
            if change.removed:
                last.pop(key, None)
            else:
                last[key] = change
        return tally.judgement(f"no {self.entity} was observed")


class _Legal:
    """The graph, ready to be asked."""

    def __init__(self, graph: Graph, versions: bool) -> None:
        self._steps = set(graph.steps)
        self._initial = graph.initial
        self._final = graph.final
        self._versions = versions

    def breaches(self, before: Change | None, change: Change) -> Iterator[tuple[str, str]]:
        """The shape of each breach, and what a person is told after the entity's name."""
        yield from self._step(change)
        if before is not None:
            yield from self._order(before, change)

    def _step(self, change: Change) -> Iterator[tuple[str, str]]:
        before, after = change.before, change.after
        if change.removed:
            if before is not None and before not in self._final:
                yield f"removed in {before}", f" was removed while {before}"
        elif change.created:
            if after not in self._initial:
                yield f"began in {after}", f" began in {after}, not in {' or '.join(self._initial)}"
        elif change.moved and (before, after) not in self._steps:
            yield f"{before} → {after}", f": {before} → {after} is not a legal step"

    def _order(self, before: Change, change: Change) -> Iterator[tuple[str, str]]:
        if change.created:
            yield "created twice", " was created a second time"
            return
        if change.before is not None and change.before != before.after:
            yield (
                f"seen out of order: {before.after} then from {change.before}",
                f" was {before.after}, but the next change seen starts from {change.before}",
            )
        was, now = before.version, change.version
        if not self._versions or was is None or now is None or change.removed or now == was + 1:
            return
        shape = "not raised" if now == was else "went back" if now < was else "skipped"
        yield f"version {shape}", f": version {was} was followed by {now}, not by {was + 1}"


def legal_transitions(
    entity: str, graph: Graph, *, versions: bool = True, name: str = ""
) -> LegalTransitions:
    """Every change of ``entity`` (``order.status``) is a step of ``graph``."""
    return LegalTransitions(
        name=name or f"legal transitions of {word(entity)}",
        entity=entity,
        graph=graph,
        versions=versions,
    )
