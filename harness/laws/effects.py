"""Effects on the world: at most once, and none without its cause."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from harness.laws.base import BaseLaw, Horizon, Tally
from harness.laws.entities import Life, changes, lives
from harness.laws.parameters import FromParameter, Number, number
from harness.laws.reading import dig, has, word
from harness.model import Frozen, History, Json, Judgement, Record


class Effect(Frozen):
    """Which records are an effect: their name, and what their value holds.

    Only what surely happened is one: an observation, or a call that was answered ``ok``.
    """

    record: str
    where: dict[str, Json] = Field(default_factory=dict)
    """Paths in the value and what must stand there; a list means any of its members."""

    def of(self, history: History) -> list[Record]:
        """The effects in a history, in order."""
        return [
            r
            for r in history.by_name.get(self.record, ())
            if r.kind == "ok" and has(r.value, self.where)
        ]


def effect(record: str, **where: Json) -> Effect:
    """``effect("paystack.charge", status="success")``."""
    return Effect(record=record, where=where)


def identify(record: Record, path: str | None) -> str | None:
    """What tells this effect from others: the entity's key, or a field of the value."""
    found = record.key if path is None else dig(record.value, path)
    return None if found is None else str(found)


class AtMostOnce(BaseLaw):
    """An effect happens at most once for each key.

    ``key`` is a path in the record's value; without it the entity's own key. Calls whose outcome
    is open may have happened, so they are no second time by themselves.
    """

    kind: Literal["at_most_once"] = "at_most_once"
    effect: Effect
    key: str | None = None

    def judge(self, history: History) -> Judgement:
        """Count the effects of each key."""
        tally = Tally(self.name)
        first: dict[str, Record] = {}
        for record in self.effect.of(history):
            which = identify(record, self.key)
            if which is None:
                continue
            tally.saw += 1
            if which in first:
                tally.breach(
                    "twice",
                    f"{self.effect.record} happened again for {which}: at "
                    f"{first[which].at:.3f} s and at {record.at:.3f} s",
                    [first[which], record], key=record.key or which,
                )  # fmt: skip
            else:
                first[which] = record
        return tally.judgement(f"no {self.effect.record} was seen")


def at_most_once(effect: Effect | str, key: str | None = None, *, name: str = "") -> AtMostOnce:
    """``effect`` happens at most once for each ``key`` (a path in its value, or the entity)."""
    found = Effect(record=effect) if isinstance(effect, str) else effect
    return AtMostOnce(name=name or f"{found.record} at most once", effect=found, key=key)


class OneChargeApplied(BaseLaw):
    """Of an entity's charges exactly one is applied; each other is given back exactly once.

    A charge is given back by an effect ``compensated`` with the same identity. None is given
    back twice. One that is kept brings its entity, within ``patience`` seconds, to one of the
    states ``applying``: nobody pays for nothing. The charge that the entity names (``applied``, a
    path in its observed value) is one that was made, isn't given back, and never changes.
    Entities in ``excused`` states are with people: only a double refund counts there.
    """

    kind: Literal["one_charge_applied"] = "one_charge_applied"
    charge: Effect
    compensated: Effect
    identity: str
    """Path of a charge's own id in the charge's value."""
    compensates: str
    """Path of that id in the compensation's value."""
    entity: str
    applied: str | None = None
    """Path of the applied charge's id in the entity's value."""
    applying: tuple[str, ...] = ()
    """States in which a charge has been applied."""
    excused: tuple[str, ...] = ()
    patience: Number = 30.0

    def judge(self, history: History) -> Judgement:
        """Group by entity; compare what was taken with what was given back."""
        tally, horizon = Tally(self.name), Horizon.of(history)
        patience = number(self.patience, history)
        charged = _grouped(self.charge.of(history), self.identity)
        refunded = _grouped(self.compensated.of(history), self.compensates)
        known, who = lives(history, self.entity), word(self.entity)
        for key, refunds in refunded.items():
            for which, records in refunds.items():
                if len(records) > 1:
                    tally.breach(
                        "given back twice",
                        f"{who} {key}: charge {which} was given back {len(records)} times",
                        records, key=key,
                    )  # fmt: skip
        for key, charges in charged.items():
            tally.saw += 1
            back, life = refunded.get(key, {}), known.get(key)
            self._kept(tally, key, charges, back, life, lambda at: horizon.past(at, patience))
        self._names(tally, history, charged, refunded)
        return tally.judgement(f"no {self.charge.record} was seen")

    def _kept(  # one entity's charges
        self, tally: Tally, key: str, charges: dict[str, list[Record]],
        back: dict[str, list[Record]], life: Life | None, late: Callable[[float], bool],
    ) -> None:  # fmt: skip
        """Exactly one is kept, and the entity has what it was for."""
        state = life.last.after if life is not None else None
        kept = len(charges) - sum(which in back for which in charges)
        applied = not self.applying or state in self.applying
        if state in self.excused or (kept == 1 and applied) or (kept == 0 and state is None):
            return
        records = [r for rs in (*charges.values(), *back.values()) for r in rs]
        shown = [*records, *([life.last.record] if life is not None else [])]
        who = f"{word(self.entity)} {key}"
        if kept == 0:
            if self.applying and applied:
                tally.breach(
                    "applied charge given back",
                    f"{who} is {state}, but all its {len(charges)} charges were given back",
                    shown, key=key,
                )  # fmt: skip
        elif not late(max(r.at for r in shown)):
            tally.leave(key)
        elif kept > 1:
            tally.breach(
                "charges kept",
                f"{who} was charged {len(charges)} times and {kept} charges were kept",
                shown, key=key,
            )  # fmt: skip
        else:
            tally.breach(
                "charge never applied",
                f"{who} was charged and the charge was kept, but it is still {state}",
                shown, key=key,
            )  # fmt: skip

    def _names(
        self, tally: Tally, history: History,
        charged: dict[str, dict[str, list[Record]]], refunded: dict[str, dict[str, list[Record]]],
    ) -> None:  # fmt: skip
        """What the entity itself says was applied."""
        if self.applied is None:
            return
        named: dict[str, tuple[str, Record]] = {}
        for key, change in changes(history, self.entity):
            found = identify(change.record, self.applied)
            if found is None:
                continue
            who = f"{word(self.entity)} {key}"
            before = named.setdefault(key, (found, change.record))
            shown = [before[1], change.record]
            if found != before[0]:
                tally.breach(
                    "another charge applied",
                    f"{who}: charge {before[0]} was applied, then {found}", shown, key=key,
                )  # fmt: skip
            elif found not in charged.get(key, {}) and before[1] is change.record:
                tally.breach(
                    "unmade charge applied",
                    f"{who}: charge {found} was applied, but never made", shown, key=key,
                )  # fmt: skip
        for key, (found, record) in named.items():
            back = refunded.get(key, {}).get(found)
            if back:
                tally.breach(
                    "the applied one given back",
                    f"{word(self.entity)} {key}: charge {found} was applied and given back",
                    [record, *back], key=key,
                )  # fmt: skip


def _grouped(records: list[Record], path: str) -> dict[str, dict[str, list[Record]]]:
    """key → id of the charge → records."""
    groups: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        which = identify(record, path)
        if record.key is not None and which is not None:
            groups.setdefault(record.key, {}).setdefault(which, []).append(record)
    return groups


def one_charge_applied(
    charge: Effect,
    compensated: Effect,
    *,
    entity: str,
    identity: str,
    compensates: str = "",
    applied: str | None = None,
    applying: tuple[str, ...] = (),
    excused: tuple[str, ...] = (),
    patience: float | FromParameter = 30.0,
    name: str = "",
) -> OneChargeApplied:
    """At most one ``charge`` of an ``entity`` is kept; every other is ``compensated`` once."""
    return OneChargeApplied(
        name=name or f"one charge is applied per {word(entity)}",
        charge=charge, compensated=compensated, entity=entity, identity=identity,
        compensates=compensates or identity, applied=applied, applying=applying,
        excused=excused, patience=patience,
    )  # fmt: skip


class NeverFinalWithout(BaseLaw):
    """No entity reaches one of ``states`` unless ``effect`` happened for it before.

    A call whose outcome is open may have happened: then the entity is undecided.
    """

    kind: Literal["never_final_without"] = "never_final_without"
    entity: str
    states: tuple[str, ...]
    effect: Effect

    def judge(self, history: History) -> Judgement:
        """Look, at each first time in one of the states, for an earlier effect."""
        tally = Tally(self.name)
        happened: dict[str, float] = {}
        for record in self.effect.of(history):
            if record.key is not None:
                happened.setdefault(record.key, record.at)
        perhaps = self._perhaps(history)
        for key, life in lives(history, self.entity).items():
            reached = [(at, state) for state, at in life.reached.items() if state in self.states]
            if not reached:
                continue
            tally.saw += 1
            at, state = min(reached)
            if happened.get(key, at + 1) <= at:
                continue
            if perhaps.get(key, at + 1) <= at:
                tally.leave(key)
                continue
            late = f"only at {happened[key]:.3f} s" if key in happened else "never"
            tally.breach(
                f"{state} without",
                f"{word(self.entity)} {key} is {state} since {at:.3f} s, but "
                f"{self.effect.record} happened {late}",
                [life.first.record, life.last.record], key=key,
            )  # fmt: skip
        return tally.judgement(f"no {self.entity} reached {' or '.join(self.states)}")

    def _perhaps(self, history: History) -> dict[str, float]:
        """Key → when a call began that may have had the effect."""
        return {
            c.key: c.start.at
            for c in history.calls_of(self.effect.record)
            if c.outcome == "info" and c.key is not None
        }


def never_final_without(
    states: tuple[str, ...] | str, effect: Effect, *, entity: str, name: str = ""
) -> NeverFinalWithout:
    """``entity`` is never in ``states`` before ``effect`` happened for it."""
    found = (states,) if isinstance(states, str) else states
    return NeverFinalWithout(
        name=name or f"never {'/'.join(found)} without {effect.record}",
        entity=entity, states=found, effect=effect,
    )  # fmt: skip
