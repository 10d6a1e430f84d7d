"""Writes and their causes: nothing is written that nobody was allowed to ask for."""

from collections.abc import Iterable
from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.laws.effects import Effect
from harness.laws.reading import caller, status, word
from harness.model import Call, History, Judgement, Record

_LAG = 0.05
"""Seconds of doubt between the clocks' readings of a request and of the write it made."""


def _named(history: History, operations: Iterable[str]) -> list[Call]:
    found = [c for o in operations for c in history.calls_of(o) if c.start.feed == "client"]
    return sorted(found, key=lambda c: c.start.at)


class WritesTrace(BaseLaw):
    """Every entity that came to be was asked for by a request that wasn't refused.

    A request without an answer may have made one entity, whose key nobody was told; each such
    request explains one.
    """

    kind: Literal["writes_trace"] = "writes_trace"
    entity: str
    operations: tuple[str, ...]

    def judge(self, history: History) -> Judgement:
        """Match the entities that appeared with the requests, in order."""
        tally = Tally(self.name)
        calls = _named(history, self.operations)
        asked: dict[str, float] = {}
        for call in calls:
            if call.outcome != "fail" and call.key is not None:
                asked.setdefault(call.key, call.start.at)
        nameless = [c.start.at for c in calls if c.outcome == "info" and c.key is None]
        used = 0
        for record in Effect(record=self.entity, where={"event": "INSERT"}).of(history):
            tally.saw += 1
            if record.key in asked and asked[record.key] <= record.at + _LAG:
                continue
            if used < len(nameless) and nameless[used] <= record.at + _LAG:
                used += 1
                continue
            near = [c for c in calls if c.start.at <= record.at][-1:]
            tally.breach(
                "untraced",
                f"{word(self.entity)} {record.key} was written at {record.at:.3f} s, but no "
                f"accepted request asked for it ({', '.join(self.operations)})",
                [*near, record], key=record.key,
            )  # fmt: skip
        return tally.judgement(f"no {self.entity} came to be")


def writes_trace_to_accepted_requests(
    entity: str, operations: tuple[str, ...] | str, *, name: str = ""
) -> WritesTrace:
    """Every ``entity`` that appears was asked for by an accepted request of ``operations``."""
    return WritesTrace(
        name=name or f"every {word(entity)} traces to an accepted request",
        entity=entity,
        operations=(operations,) if isinstance(operations, str) else operations,
    )


class RefusedWritesNothing(BaseLaw):
    """A refused request changes nothing.

    ``effect`` is what the operations do when they are accepted (an entity that appears, a step
    that only they cause). Each effect needs a request that wasn't refused: by the same key, else
    a request without an answer. One that has neither is blamed on the refused requests that
    began before it.
    """

    kind: Literal["refused_writes_nothing"] = "refused_writes_nothing"
    operations: tuple[str, ...]
    effect: Effect

    def judge(self, history: History) -> Judgement:
        """Count refusals as seen; match effects with what wasn't refused."""
        tally = Tally(self.name)
        calls = _named(history, self.operations)
        refused = [c for c in calls if c.outcome == "fail"]
        tally.saw = len(refused)
        allowed: dict[str, list[float]] = {}
        for call in calls:
            if call.outcome != "fail" and call.key is not None:
                allowed.setdefault(call.key, []).append(call.start.at)
        nameless = sum(c.outcome == "info" and c.key is None for c in calls)
        spent: dict[str, int] = {}
        for record in self.effect.of(history):
            if record.key is None:
                continue
            causes = [at for at in allowed.get(record.key, ()) if at <= record.at + _LAG]
            n = spent[record.key] = spent.get(record.key, 0) + 1
            if n <= len(causes):
                continue
            if nameless:
                nameless -= 1
                continue
            blamed = _blamed(refused, record)
            if blamed is not None:
                self._blame(tally, blamed, record)
        return tally.judgement(f"no request of {', '.join(self.operations)} was refused")

    def _blame(self, tally: Tally, call: Call, record: Record) -> None:
        tally.breach(
            f"{call.name} refused with {status(call)}",
            f"{call.name} was refused ({status(call)}), and yet {word(record.name)} "
            f"{record.key} was written {record.at - call.start.at:.2f} s later",
            [call, record], key=record.key, operation=call.name,
        )  # fmt: skip


def _blamed(refused: list[Call], record: Record) -> Call | None:
    """The refused request behind a write: the last before it, of the same key where one has it."""
    before = [c for c in refused if c.start.at <= record.at + _LAG]
    own = [c for c in before if c.key == record.key]
    found = own or before
    return found[-1] if found else None


def refused_writes_nothing(
    operations: tuple[str, ...] | str, effect: Effect, *, name: str = ""
) -> RefusedWritesNothing:
    """A refused request of ``operations`` doesn't have their ``effect``."""
    return RefusedWritesNothing(
        name=name or "a refused request writes nothing",
        operations=(operations,) if isinstance(operations, str) else operations,
        effect=effect,
    )


class OwnersOnly(BaseLaw):
    """Only who made an entity sees or changes it: everybody else is refused.

    The owner is the identity whose request of ``makes`` was accepted for the key.
    """

    kind: Literal["owners_only"] = "owners_only"
    makes: tuple[str, ...]
    operations: tuple[str, ...]
    entity: str

    def judge(self, history: History) -> Judgement:
        """Compare the caller of each accepted request with the entity's owner."""
        tally = Tally(self.name)
        owners: dict[str, Call] = {}
        for call in _named(history, self.makes):
            if call.outcome == "ok" and call.key is not None:
                owners.setdefault(call.key, call)
        for call in _named(history, self.operations):
            made = owners.get(call.key) if call.key is not None else None
            if made is None or call.key is None:
                continue
            tally.saw += 1
            if call.outcome == "ok" and caller(call) != caller(made):
                tally.breach(
                    f"{call.name} by another",
                    f"{word(self.entity)} {call.key} belongs to {caller(made)}, but {call.name} "
                    f"answered {caller(call) or 'somebody without a token'} with {status(call)}",
                    [made, call], key=call.key, operation=call.name,
                )  # fmt: skip
        return tally.judgement(f"no request of {', '.join(self.operations)} for a known owner")


def owners_only(
    makes: tuple[str, ...] | str, operations: tuple[str, ...], *, entity: str, name: str = ""
) -> OwnersOnly:
    """What a caller made by ``makes`` is shown by ``operations`` to nobody else."""
    return OwnersOnly(
        name=name or f"nobody sees another's {word(entity)}",
        makes=(makes,) if isinstance(makes, str) else makes,
        operations=operations,
        entity=entity,
    )
