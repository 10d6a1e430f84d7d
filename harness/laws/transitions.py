"""The life of an entity, held against its graph of legal steps."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.entities import Change, changes
from harness.laws.reading import word
from harness.model import Frozen, History, Judgement, Record
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
        legal, initial, final = (
            set(self.graph.steps), set(self.graph.initial), set(self.graph.final),
        )  # fmt: skip
        for key, change in changes(history, self.entity):
            tally.saw += 1
            before = last.get(key)
            who = f"{word(self.entity)} {key}"
            shown = [c.record for c in (before, change) if c is not None]
            self._step(tally, who, key, change, shown, legal, initial, final)
            if before is not None:
                self._order(tally, who, key, before, change, shown)
            if change.removed:
                last.pop(key, None)
            else:
                last[key] = change
        return tally.judgement(f"no {self.entity} was observed")

    def _step(
        self, tally: Tally, who: str, key: str, change: Change, shown: list[Record],
        legal: set[tuple[str, str]], initial: set[str], final: set[str],
    ) -> None:  # fmt: skip
        before, after = change.before, change.after
        if change.removed:
            if before is not None and before not in final:
                tally.breach(
                    f"removed in {before}", f"{who} was removed while {before}", shown, key=key
                )
        elif change.created:
            if after not in initial:
                tally.breach(
                    f"began in {after}",
                    f"{who} began in {after}, not in {' or '.join(sorted(initial))}",
                    shown, key=key,
                )  # fmt: skip
        elif change.moved and (before, after) not in legal:
            tally.breach(
                f"{before} → {after}", f"{who}: {before} → {after} is not a legal step",
                shown, key=key,
            )  # fmt: skip

    def _order(
        self, tally: Tally, who: str, key: str, before: Change, change: Change, shown: list[Record]
    ) -> None:
        if change.created and not before.removed:
            tally.breach("created twice", f"{who} was created a second time", shown, key=key)
            return
        if change.before is not None and change.before != before.after:
            tally.breach(
                f"seen out of order: {before.after} then from {change.before}",
                f"{who} was {before.after}, but the next change seen starts from {change.before}",
                shown, key=key,
            )  # fmt: skip
        was, now = before.version, change.version
        if not self.versions or was is None or now is None or change.removed or now == was + 1:
            return
        shape = "not raised" if now == was else "went back" if now < was else "skipped"
        tally.breach(
            f"version {shape}",
            f"{who}: version {was} was followed by {now}, not by {was + 1}",
            shown, key=key,
        )  # fmt: skip


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
