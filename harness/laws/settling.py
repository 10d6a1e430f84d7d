"""What was accepted comes to an end, in time, and where somebody can see it."""

from typing import Literal

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.entities import Life, accepted, lives
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.reading import word
from harness.model import History, Judgement

_PATIENCE = 30.0
HEALED = "case.healed"
"""The engine's record that all faults of a case were taken away; promises start anew with it."""


class NothingLost(BaseLaw):
    """Every accepted request has an entity, and each ends where it may rest.

    ``final`` are the states in which nothing more is due, ``visible`` those in which it is stuck
    but somebody was told. An entity elsewhere is lost, once the case settled or ``patience``
    seconds went by; before that it is undecided. An answer that never came promised nothing.
    """

    kind: Literal["nothing_lost"] = "nothing_lost"
    accepted: tuple[str, ...]
    entity: str
    final: tuple[str, ...]
    visible: tuple[str, ...] = ()
    patience: Number = _PATIENCE

    def judge(self, history: History) -> Judgement:
        """Compare what was promised with what became of it."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        patience = number(self.patience, history)
        known, rest = lives(history, self.entity), {*self.final, *self.visible}
        promised = accepted(history, self.accepted)
        for key, call in promised.items():
            tally.saw += 1
            life = known.get(key)
            if life is not None and life.last.after in rest:
                continue
            since = call.start.at if life is None else life.last.record.at
            if not horizon.past(since, patience):
                tally.leave(key)
            elif life is None:
                tally.breach(
                    f"{call.name} left nothing",
                    f"{word(self.entity)} {key} was accepted by {call.name} at "
                    f"{call.start.at:.3f} s and never seen after",
                    [call], key=key, operation=call.name,
                )  # fmt: skip
            else:
                self._stuck(tally, key, life)
        return tally.judgement(f"no request of {', '.join(self.accepted)} was accepted")

    def _stuck(self, tally: Tally, key: str, life: Life) -> None:
        last = life.last
        where = "was removed" if last.removed else f"is stuck in {last.after}"
        tally.breach(
            where,
            f"{word(self.entity)} {key} {where} since {last.record.at:.3f} s: neither final nor "
            "where people look",
            [life.first.record, last.record], key=key,
        )  # fmt: skip


def nothing_lost(
    accepted: tuple[str, ...] | str,
    final: tuple[str, ...],
    *,
    entity: str,
    visible: tuple[str, ...] = (),
    patience: float | FromParameter = _PATIENCE,
    name: str = "",
) -> NothingLost:
    """What the operations ``accepted`` promised ends in ``final`` or is ``visible`` to people."""
    operations = (accepted,) if isinstance(accepted, str) else accepted
    return NothingLost(
        name=name or f"no accepted {word(entity)} is lost",
        accepted=operations, entity=entity, final=final, visible=visible, patience=patience,
    )  # fmt: skip


class Settles(BaseLaw):
    """Every entity reaches one of ``final`` within ``within`` seconds.

    The time starts when it was first seen, or when the faults of its case were healed
    (``case.healed``), whichever is later. ``starting`` counts from its first time in that state
    instead; entities that were never in it are left alone.
    """

    kind: Literal["settles"] = "settles"
    entity: str
    final: tuple[str, ...]
    within: Number
    starting: str | None = None

    def judge(self, history: History) -> Judgement:
        """One look at each life."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        within = number(self.within, history)
        healed = _healed(history)
        for key, life in lives(history, self.entity).items():
            first = life.first.record.at
            began = first if self.starting is None else life.reached.get(self.starting)
            if began is None:
                continue
            tally.saw += 1
            ends = [at for state, at in life.reached.items() if state in self.final]
            until = min(ends, default=horizon.end)
            heals = [at for c in life.first.record.cases for at in healed.get(c, ())]
            start = max([began, *(at for at in heals if at <= until)])
            if ends:
                self._late(tally, key, life, min(ends) - start, within)
            elif not horizon.past(start, within):
                tally.leave(key)
            else:
                waited = horizon.end - start
                rest = ", and nothing is under way" if start <= horizon.settled else ""
                tally.breach(
                    f"never, last {life.last.after}",
                    f"{word(self.entity)} {key} is still {life.last.after} after {waited:.1f} s"
                    f"{rest}; it should be {' or '.join(self.final)} within {within:g} s",
                    [life.first.record, life.last.record], key=key,
                )  # fmt: skip
        return tally.judgement(f"no {self.entity} was observed" + self._from())

    def _late(self, tally: Tally, key: str, life: Life, took: float, within: float) -> None:
        if took > within:
            tally.breach(
                "late",
                f"{word(self.entity)} {key} took {took:.1f} s to {' or '.join(self.final)}; "
                f"promised were {within:g} s",
                [life.first.record, life.last.record], key=key,
            )  # fmt: skip

    def _from(self) -> str:
        return f" in {self.starting}" if self.starting else ""


def _healed(history: History) -> dict[str, list[float]]:
    """Case → when its faults were taken away."""
    healed: dict[str, list[float]] = {}
    for record in history.by_name.get(HEALED, ()):
        for case in record.cases:
            healed.setdefault(case, []).append(record.at)
    return healed


def settles(
    entity: str,
    final: tuple[str, ...],
    within: float | FromParameter,
    *,
    starting: str | None = None,
    name: str = "",
) -> Settles:
    """Every ``entity`` is in ``final`` within so many seconds (of ``starting``, where given)."""
    return Settles(
        name=name or f"every {word(entity)} settles",
        entity=entity, final=final, within=within, starting=starting,
    )  # fmt: skip


class AnswersWithin(BaseLaw):
    """From an accepted request to one of ``states`` no more than ``seconds`` go by.

    Measured from the request's start, as its customer would; a request without an answer
    promised nothing.
    """

    kind: Literal["answers_within"] = "answers_within"
    operations: tuple[str, ...]
    entity: str
    states: tuple[str, ...]
    seconds: Number

    def judge(self, history: History) -> Judgement:
        """Compare each accepted request with its entity's first time in one of the states."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        seconds, known = number(self.seconds, history), lives(history, self.entity)
        for key, call in accepted(history, self.operations).items():
            tally.saw += 1
            reached = known[key].reached if key in known else {}
            at = min((t for s, t in reached.items() if s in self.states), default=None)
            if at is None and not horizon.past(call.start.at, seconds):
                tally.leave(key)
            elif at is None or at - call.start.at > seconds:
                took = "never got" if at is None else f"took {at - call.start.at:.1f} s"
                tally.breach(
                    "never" if at is None else "late",
                    f"{word(self.entity)} {key} {took} from {call.name} to "
                    f"{' or '.join(self.states)}; promised were {seconds:g} s",
                    [call, *([known[key].last.record] if key in known else [])],
                    key=key, operation=call.name,
                )  # fmt: skip
        return tally.judgement(f"no {' or '.join(self.operations)} was accepted")


def answers_within(
    operations: tuple[str, ...] | str,
    states: tuple[str, ...],
    seconds: float | FromParameter,
    *,
    entity: str,
    name: str = "",
) -> AnswersWithin:
    """An accepted operation brings its ``entity`` to one of ``states`` in so many seconds."""
    several = (operations,) if isinstance(operations, str) else operations
    return AnswersWithin(
        name=name or f"{' and '.join(several)} answers in time",
        operations=several, entity=entity, states=states, seconds=seconds,
    )  # fmt: skip
