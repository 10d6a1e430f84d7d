"""What one customer owns, another neither sees nor changes."""

from harness.engine.contract.foreigners import Foreigner
from harness.engine.contract.graphql.document import Asked, write
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.repeats import ids_of
from harness.engine.contract.graphql.resting import at_rest, entities, reader_of
from harness.engine.contract.graphql.trial import Trial, is_refused
from harness.engine.contract.graphql.values import MISSING, Place, place_of
from harness.specs import RootField, key_argument

_GONE = "The owner could read it before, and can't after."
_AGAIN = 2
"""Further attempts before a change is put down to the foreign request."""


def run_foreigners(trial: Trial, foreigner: Foreigner) -> None:
    """By what the field takes: an owned thing, a list of one's own, or a key of one's own."""
    trial.values.forget()  # what was asked for before may have used it up
    if entities(trial):
        _untouched(trial, foreigner)
    elif trial.field.kind == "Query":
        _unlisted(trial, foreigner)
    elif key_argument(trial.field):
        _own_key_space(trial, foreigner)


def _untouched(trial: Trial, foreigner: Foreigner) -> None:
    """Refused, and without effect.

    What the owner sees may move on by itself just then, so only what the foreign request changes
    every time counts.
    """
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        return
    kind = trial.field.definition.type
    asked = write(trial.field, arguments, trial.selections.whole(kind))
    if trial.field.kind == "Query":
        _owner_sees(trial, asked)
    reader = reader_of(trial, arguments)
    what = f"a request of {foreigner.name} for what {trial.identity.name} owns"
    foreign, difference = _attempt(trial, asked, reader, foreigner, what)
    for _ in range(_AGAIN):
        if foreign is None or not difference:
            return
        if difference == _GONE:
            break
        foreign, difference = _attempt(trial, asked, reader, foreigner, "")
    if foreign is not None and difference:
        trial.said(
            "isolation", "changed",
            f"{trial.field.label} by {foreigner.name} changed what {trial.identity.name} owns",
            difference, foreign,
        )  # fmt: skip


def _owner_sees(trial: Trial, asked: Asked) -> None:
    trial.expect(
        "isolation", f"{trial.identity.name}, who owns it", asked, lambda r: r.ok, "a value"
    )


def _attempt(
    trial: Trial, asked: Asked, reader: Asked | None, foreigner: Foreigner, what: str
) -> tuple[Reading | None, str]:
    """The foreign request's answer, and what is otherwise for the owner after it."""
    before = at_rest(trial, reader) if reader else None
    foreign = (
        trial.expect("isolation", what, asked, is_refused, "an error and no value",
                     identity=foreigner.identity, who=foreigner.who)
        if what
        else trial.asker.ask(asked, foreigner.identity)
    )  # fmt: skip
    after = trial.asker.ask(reader, trial.identity) if reader else None
    if before is None or after is None or before.value == after.value:
        return foreign, ""
    if before.ok and not after.ok:
        return foreign, _GONE
    return foreign, f"The owner read {before.value!r} before and {after.value!r} after."


def _unlisted(trial: Trial, foreigner: Foreigner) -> None:
    """A list of one's own shows nothing of what another made."""
    owned = _made(trial)
    arguments = trial.values.required(trial.field, foreigner.identity) or {}
    asked = write(trial.field, arguments, trial.selections.whole(trial.field.definition.type))
    reading = trial.asker.ask(asked, foreigner.identity)
    trial.cases.add(trial.field.label, "isolation", f"list, {foreigner.who}")
    if reading is None:
        return
    if owned is None:
        trial.doubt(trial.field.label, "nothing owned could be made to look for in the list")
        return
    shown = owned.encode() in reading.answer.body
    trial.asker.exchanges.admit(foreigner.who, reading.outcome, met=not shown)
    if shown:
        trial.said(
            "isolation", "list",
            f"{trial.field.label} shows {foreigner.name} what {trial.identity.name} owns",
            f"{owned} is in the answer.", reading,
        )  # fmt: skip


def _made(trial: Trial) -> str | None:
    """The id of something that the owner made: what an owned field's argument is given."""
    for field in trial.asker.ground.api.fields:
        if field.label not in trial.asker.ground.settings.owned:
            continue
        for name in field.definition.args:
            place: Place = place_of(field, name)
            found = trial.values.real(place, trial.identity) if _sourced(trial, place) else MISSING
            if isinstance(found, str):
                return found
    return None


def _sourced(trial: Trial, place: Place) -> bool:
    return trial.values.sourced(place)


def _own_key_space(trial: Trial, foreigner: Foreigner) -> None:
    """An idempotency key is its owner's: another customer's same key is another request."""
    field: RootField = trial.field
    arguments = trial.values.required(field, trial.identity)
    if arguments is None:
        return
    asked = write(field, arguments, trial.selections.whole(field.definition.type))
    mine = trial.asker.ask(asked, trial.identity)
    theirs = trial.asker.ask(asked, foreigner.identity)
    trial.cases.add(field.label, "isolation", f"idempotency key, {foreigner.who}")
    if mine is None or theirs is None:
        return
    shared = set(ids_of(mine.value).values()) & set(ids_of(theirs.value).values())
    trial.asker.exchanges.admit(foreigner.who, theirs.outcome, met=not shared)
    if shared:
        trial.said(
            "isolation", "idempotency key",
            f"{field.label} gave {foreigner.name} what {trial.identity.name}'s request with the "
            "same key had made", f"Both were told {', '.join(sorted(shared))}.", theirs,
        )  # fmt: skip
