"""How entities moved, as the stage's own stream shows it (``order.status``)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.laws.reading import whole
from harness.model import Call, History, Record


@dataclass(frozen=True, slots=True)
class Change:
    """One observed write of an entity: ``before`` and ``after`` are its states."""

    record: Record
    before: str | None
    after: str | None
    created: bool
    """Whether the entity began with it."""
    removed: bool
    """Whether the entity ended with it."""
    version: int | None
    """The entity's own sequence number after the write."""

    @property
    def moved(self) -> bool:
        """Whether the state changed (a write may change something else)."""
        return self.before != self.after


@dataclass(slots=True)
class Life:
    """What is remembered of one entity."""

    first: Change
    last: Change
    reached: dict[str, float] = field(default_factory=dict)
    """State → when it was first seen in it."""


def changes(history: History, entity: str) -> Sequence[tuple[str, Change]]:
    """Every observed write of the entities that ``entity`` names, with its key, in order."""
    return history.view(("changes", entity), lambda: list(_changes(history, entity)))


def lives(history: History, entity: str) -> Mapping[str, Life]:
    """What became of each entity."""
    return history.view(("lives", entity), lambda: _lives(history, entity))


def _changes(history: History, entity: str) -> Iterator[tuple[str, Change]]:
    for record in history.by_name.get(entity, ()):
        value = record.value
        if record.key is not None and isinstance(value, dict):
            before, after, event = value.get("from"), value.get("to"), value.get("event")
            created = event == "INSERT" if event is not None else before is None
            removed = event == "REMOVE" if event is not None else after is None
            version = whole(value.get("version"))
            yield record.key, Change(record, before, after, created, removed, version)


def _lives(history: History, entity: str) -> dict[str, Life]:
    known: dict[str, Life] = {}
    for key, change in changes(history, entity):
        life = known.get(key)
        if life is None:
            life = known[key] = Life(change, change)
        life.last = change
        if change.after is not None:
            life.reached.setdefault(change.after, change.record.at)
    return known


def accepted(history: History, operations: Iterable[str]) -> dict[str, Call]:
    """The first accepted call of these operations for each key it was answered with."""
    found: dict[str, Call] = {}
    for operation in operations:
        for call in history.calls_of(operation):
            if call.outcome == "ok" and call.key is not None:
                kept = found.get(call.key)
                if kept is None or call.start.at < kept.start.at:
                    found[call.key] = call
    return found
