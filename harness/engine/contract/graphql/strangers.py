"""Who may not: no credentials, forged ones, customers where only systems may, other customers."""

import re
from collections.abc import Iterator, Mapping

from harness.engine.contract import callers
from harness.engine.contract.caller import NOBODY
from harness.engine.contract.foreigners import foreigners
from harness.engine.contract.graphql.document import Asked, write
from harness.engine.contract.graphql.examples import cannot_ask
from harness.engine.contract.graphql.foreigners import run_foreigners
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.subscriptions import (
    run_foreign_publications,
    run_foreign_subscription,
    run_nobodys_subscription,
)
from harness.engine.contract.graphql.trial import Trial
from harness.model import Identity

_WHO = re.compile(r"auth|denied|forbidden|unrecognizedclient|signature", re.IGNORECASE)
_GARBLED = Identity("nobody", "not.a.token")


def run_strangers(trial: Trial) -> None:
    """Every stranger that applies to the field."""
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        cannot_ask(trial)
        return
    asked = write(trial.field, arguments, trial.selections.least(trial.field.definition.type))
    context = trial.asker.exchanges.context
    owned = trial.field.label in context.graphql.owned and not trial.field.for_systems
    for who, what, identity in strangers(trial):
        _stranger(trial, who, what, asked, identity)
    if trial.field.for_systems:
        what = "a customer, though it isn't for customers"
        _stranger(trial, callers.OTHER, what, asked, trial.identity)
    else:
        _of_customers(trial, asked, owned=owned)
    callers.no_hole(
        trial.asker.exchanges, trial.field.label, callers.strangers_to(context, owned=owned)
    )


def _of_customers(trial: Trial, asked: Asked, *, owned: bool) -> None:
    """What only customers tell apart: a good token, and whose things they are."""
    subscription = trial.field.kind == "Subscription"
    if not subscription:
        _closed(trial)
    for foreigner in foreigners(trial.asker.exchanges.context, trial.identity) if owned else ():
        if subscription:
            run_foreign_subscription(trial, foreigner)
            run_foreign_publications(trial, foreigner)
        else:
            run_foreigners(trial, foreigner)
    if owned and subscription:
        run_nobodys_subscription(trial)
    # Last: it may use up what the others were not to touch.
    trial.expect(
        "authentication", f"the good token of {trial.identity.name}", asked,
        lambda reading: not is_turned_away(reading), "no refusal for who asks", who=callers.OWNER,
    )  # fmt: skip


def strangers(trial: Trial) -> Iterator[tuple[str, str, Identity]]:
    """Whom no field is for: which kind of caller, in words, and who."""
    yield callers.NOBODY, "somebody without a token", NOBODY
    yield callers.MALFORMED, "somebody with a malformed token", _GARBLED
    for kind, who in trial.asker.exchanges.context.forged.items():
        yield kind, f"somebody with a forged token ({kind})", who


def is_turned_away(reading: Reading) -> bool:
    """Whether it is refused for who asks."""
    refused = reading.value is None and reading.errors
    return bool(refused) and (
        reading.answer.status in (401, 403) or _WHO.search(reading.outcome) is not None
    )


def _stranger(trial: Trial, who: str, what: str, asked: Asked, identity: Identity) -> None:
    trial.expect(
        "authentication", what, asked, is_turned_away, "a refusal for who asks",
        identity=identity, who=who,
    )  # fmt: skip


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
