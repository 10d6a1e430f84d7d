"""Who may not: no credentials, forged ones, customers where only systems may, other customers."""

import re
from collections.abc import Iterator, Mapping

from harness.engine.contract.caller import NOBODY
from harness.engine.contract.graphql.document import Asked, write
from harness.engine.contract.graphql.examples import cannot_ask
from harness.engine.contract.graphql.foreigners import run_foreigners
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.subscriptions import run_foreign_subscriptions
from harness.engine.contract.graphql.trial import Trial
from harness.model import Identity

_WHO = re.compile(r"auth|denied|forbidden|unrecognizedclient|signature", re.IGNORECASE)
_MALFORMED = Identity("nobody", "not.a.token")


def run_strangers(trial: Trial) -> None:
    """Every stranger that applies to the field."""
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        cannot_ask(trial)
        return
    asked = write(trial.field, arguments, trial.selections.least(trial.field.definition.type))
    for what, who in strangers(trial):
        _stranger(trial, what, asked, who)
    if trial.field.for_systems:
        _stranger(trial, "a customer, though it isn't for customers", asked, trial.identity)
        return
    if trial.field.kind == "Subscription":
        run_foreign_subscriptions(trial)
        return
    _closed(trial)
    context = trial.asker.exchanges.context
    others = [i for i in context.identities if i.name != trial.identity.name]
    if trial.field.label in context.graphql.owned and others:
        run_foreigners(trial, others[0])


def strangers(trial: Trial) -> Iterator[tuple[str, Identity]]:
    """Whom no field is for, each with what they are."""
    yield "somebody without a token", NOBODY
    yield "somebody with a malformed token", _MALFORMED
    for kind, who in trial.asker.exchanges.context.forged.items():
        yield f"somebody with a forged token ({kind})", who


def is_turned_away(reading: Reading) -> bool:
    """Whether it is refused for who asks."""
    refused = reading.value is None and reading.errors
    return bool(refused) and (
        reading.answer.status in (401, 403) or _WHO.search(reading.outcome) is not None
    )


def _stranger(trial: Trial, what: str, asked: Asked, who: Identity) -> None:
    trial.expect(
        "authentication", what, asked, is_turned_away, "a refusal for who asks", identity=who
    )


def _closed(trial: Trial) -> None:
    """What only systems may see stays null for a customer, and an error says why."""
    for label, selection in trial.selections.closed(trial.field.definition.type):
        arguments = trial.values.required(trial.field, trial.identity)
        if arguments is None:
            return
        asked = write(trial.field, arguments, selection)
        trial.expect(
            "authorisation", f"a customer who asks for {label}", asked,
            lambda reading: not _shown(reading.value), "null, and an error at its path",
        )  # fmt: skip


def _shown(value: object) -> bool:
    """Whether there is anything but null at the ends of a value."""
    if isinstance(value, Mapping):
        return any(map(_shown, value.values()))
    if isinstance(value, list):
        return any(map(_shown, value))
    return value is not None
