"""The states of the application's entity, and every legal step between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.specs.document import Document, Pointer
from harness.specs.errors import ContractError, Problem


@dataclass(frozen=True)
class Lifecycle:
    """A graph of states. Made by ``read_lifecycle``, which checks it."""

    entity: str
    initial: str
    final: frozenset[str]
    states: tuple[str, ...]
    steps: frozenset[tuple[str, str]]
    version: str = ""
    document: Document | None = None

    @cached_property
    def graph(self) -> Mapping[str, tuple[str, ...]]:
        """State → the states that may follow it, sorted."""
        return {s: tuple(sorted(b for a, b in self.steps if a == s)) for s in self.states}

    def allows(self, before: str, after: str) -> bool:
        """Whether this is a legal step."""
        return (before, after) in self.steps


def read_lifecycle(document: Document) -> Lifecycle:
    """Read ``states``, ``initial``, ``final`` and ``steps`` (each with from and to).

    Raises:
        ContractError: with every problem found.
    """
    root = document.root
    problems = list(_shape(document))
    if not problems:
        problems = list(_graph(document))
    if problems:
        raise ContractError(problems)
    return Lifecycle(
        entity=str(root.get("entity", "entity")),
        initial=root["initial"],
        final=frozenset(root["final"]),
        states=tuple(root["states"]),
        steps=frozenset((s["from"], s["to"]) for s in root["steps"]),
        version=str(root.get("schemaVersion", "")),
        document=document,
    )


def _shape(document: Document) -> Iterator[Problem]:
    root = document.root
    if not isinstance(root, Mapping):
        yield document.problem((), "is not a mapping", "write states, initial, final and steps")
        return
    for key, kinds in (
        ("states", (dict, list)),
        ("initial", str),
        ("final", list),
        ("steps", list),
    ):
        if not isinstance(root.get(key), kinds):
            yield document.problem((key,), f"{key} is missing or of another type", f"write {key}")
    for index, step in enumerate(root.get("steps") or []):
        if not (isinstance(step, Mapping) and {"from", "to"} <= step.keys()):
            yield document.problem(("steps", index), "a step needs from and to", "add them")


def _graph(document: Document) -> Iterator[Problem]:
    root = document.root
    states = set(root["states"])
    named: list[tuple[Pointer, str]] = [(("initial",), root["initial"])]
    named += [(("final", i), s) for i, s in enumerate(root["final"])]
    for index, step in enumerate(root["steps"]):
        named += [(("steps", index), step["from"]), (("steps", index), step["to"])]
    unknown = [(where, state) for where, state in named if state not in states]
    for place, state in unknown:
        yield document.problem(place, f"{state!r} is no state", "name one of states")
    if unknown:
        return
    steps = {(s["from"], s["to"]) for s in root["steps"]}
    reached = _reach({root["initial"]}, steps)
    ends = _reach(set(root["final"]), {(b, a) for a, b in steps})
    for state in root["states"]:
        where: Pointer = ("states", state)
        if state not in reached:
            yield document.problem(
                where, f"{state} can't be reached", "add a step that leads to it"
            )
        if state not in ends:
            yield document.problem(
                where, f"{state} leads to no final state", "add a step that leads out of it"
            )
        if state in root["final"] and any(a == state for a, _ in steps):
            yield document.problem(where, f"{state} is final but has a step", "decide which")


def _reach(start: set[str], steps: set[tuple[str, str]]) -> set[str]:
    reached, edge = set(start), set(start)
    while edge:
        edge = {b for a, b in steps if a in edge} - reached
        reached |= edge
    return reached
