"""Subscriptions: who may have them, which are refused, and how many one connection holds."""

from collections.abc import Iterator, Mapping

from harness.engine.contract.foreigners import Foreigner
from harness.engine.contract.graphql.document import Asked, call, head, write
from harness.engine.contract.graphql.examples import cannot_ask
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.trial import Trial, is_refused
from harness.engine.contract.graphql.values import place_of
from harness.model import Json

MOST = 100
"""Subscriptions that AppSync lets one connection have."""


def run_subscribing(trial: Trial) -> None:
    """One's own subscription stands, with everything selected and with little."""
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        cannot_ask(trial)
        return
    kind = trial.field.definition.type
    for what, selection in (
        ("a subscription to everything", trial.selections.whole(kind)),
        ("a subscription to one field", trial.selections.least(kind)),
    ):
        _stands(trial, what, write(trial.field, arguments, selection))


def run_subscription_boundaries(trial: Trial) -> None:
    """Documents that the schema doesn't allow, and one subscription too many."""
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        cannot_ask(trial)
        return
    for what, asked in _misshapen(trial, arguments):
        trial.refused(what, asked)
    least = trial.selections.least(trial.field.definition.type)
    asked = write(trial.field, arguments, least)
    trial.expect(
        "negative_data_rejection", f"{MOST + 1} subscriptions on one connection", asked,
        lambda reading: not reading.ok, "a refusal of the last", times=MOST + 1,
    )  # fmt: skip
    _limit(trial, least)


def _limit(trial: Trial, least: str) -> None:
    """Subscribing counts against the limit of a customer of a low tier."""
    context = trial.asker.exchanges.context
    code = context.graphql.limit
    arguments = context.limited and trial.values.required(trial.field, context.limited)
    if not code or code not in trial.field.codes or context.limited is None or not arguments:
        return
    trial.expect(
        "rate limit", f"{MOST} subscriptions of {context.limited.name} in a row",
        write(trial.field, arguments, least), lambda reading: reading.outcome == code, code,
        identity=context.limited, times=MOST,
    )  # fmt: skip


def run_foreign_subscription(trial: Trial, foreigner: Foreigner) -> None:
    """What is the owner's alone can't be subscribed to by giving the owner's id."""
    arguments = trial.values.required(trial.field, trial.identity) or {}
    least = trial.selections.least(trial.field.definition.type)
    what = f"a subscription of {foreigner.name} to what {trial.identity.name} owns"
    trial.expect(
        "isolation", what, write(trial.field, arguments, least),
        lambda reading: not reading.ok, "a refusal",
        identity=foreigner.identity, who=foreigner.who,
    )  # fmt: skip


def run_nobodys_subscription(trial: Trial) -> None:
    """Nor by giving the id of nobody."""
    arguments = trial.values.required(trial.field, trial.identity) or {}
    least = trial.selections.least(trial.field.definition.type)
    for name in arguments:
        foreign = {**arguments, name: _nobody(trial, name)}
        trial.expect(
            "isolation", f"a subscription to nobody's {name}",
            write(trial.field, foreign, least), lambda reading: not reading.ok, "a refusal",
        )  # fmt: skip


def run_foreign_publications(trial: Trial, foreigner: Foreigner) -> None:
    """Nobody but the application tells the owner's subscribers something."""
    api = trial.asker.ground.api
    for mutation in api.fields:
        if trial.field.name not in api.subscriptions.get(mutation.name, ()) or mutation.for_systems:
            continue  # who isn't a system is kept out, which the mutation's own unit shows
        arguments = trial.values.required(mutation, trial.identity)
        if arguments is None:
            continue
        least = trial.selections.least(mutation.definition.type)
        trial.expect(
            "isolation",
            f"a {mutation.label} by which {foreigner.name} tells {trial.identity.name}'s "
            "subscribers what it likes",
            write(mutation, arguments, least), is_refused, "a refusal",
            identity=foreigner.identity,
        )  # fmt: skip


def _stands(trial: Trial, what: str, asked: Asked) -> Reading | None:
    return trial.expect("subscriptions stand", what, asked, lambda reading: reading.ok, "start_ack")


def _nobody(trial: Trial, name: str) -> Json:
    place = place_of(trial.field, name)
    return next((v for v in ("nobody-at-all", "0" * 32, "x") if place.fits(v)), "")


def _misshapen(trial: Trial, arguments: Mapping[str, Json]) -> Iterator[tuple[str, Asked]]:
    field = trial.field
    least = trial.selections.least(field.definition.type)
    asked = write(field, arguments, least)
    started, called = head(field, arguments), call(field, arguments)
    yield "a field that isn't there", asked.with_text(f"{started} {{ {called} {{ noSuch }} }}")
    yield (
        "two fields at once",
        asked.with_text(f"{started} {{ a: {called} {least} b: {called} {least} }}"),
    )
    yield "a subscription that isn't there", asked.with_text("subscription { noSuch { a } }")
    yield "a query", asked.with_text("query { __typename }")
    yield "a document that doesn't parse", asked.with_text("subscription {")
    for name in arguments:
        yield f"null as {name}", asked.with_variable(name, None)
    if arguments:
        yield "no arguments", asked.with_text(f"subscription {{ {field.name} {least} }}")
