"""A mutation with an idempotency argument, repeated, and its key used for something else."""

from collections.abc import Mapping

from harness.engine.contract.graphql.document import write
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.graphql.values import MISSING, place_of, rest_examples
from harness.model import Json
from harness.specs import key_argument


def run_repeats(trial: Trial) -> None:
    """A repeat names the same entity as before; another request under its key is refused."""
    field = trial.field
    key = key_argument(field)
    arguments = trial.values.required(field, trial.identity)
    if field.kind != "Mutation" or key not in (arguments or {}) or arguments is None:
        return
    document = write(field, arguments, trial.selections.whole(field.definition.type))
    first = trial.asker.ask(document, trial.identity)
    second = trial.asker.ask(document, trial.identity)
    trial.cases.add(field.label, "idempotency", "repeat")
    if first is None or second is None or not first.ok:
        return
    if ids_of(first.value) != ids_of(second.value):
        trial.said(
            "idempotency", "repeat", f"{field.label} answered a repeated request otherwise",
            f"First {first.value!r}, then {second.outcome} {second.value!r}, with the same key "
            "and arguments.", second,
        )  # fmt: skip
    other = _other(trial, arguments, str(key))
    if other is not None:
        trial.expect(
            "idempotency", "a key that was used for another request",
            write(field, other, trial.selections.least(field.definition.type)),
            _is_no_success, "an error",
        )  # fmt: skip


def ids_of(value: Json) -> dict[str, str]:
    """What looks like an entity's ids in an answer: texts under names that end in id."""
    if not isinstance(value, Mapping):
        return {}
    return {
        k: v for k, v in value.items()
        if k.lower().endswith("id") and isinstance(v, str) and len(v) >= 8
    }  # fmt: skip


def _is_no_success(reading: Reading) -> bool:
    return not reading.ok


def _other(trial: Trial, arguments: Mapping[str, Json], key: str) -> dict[str, Json] | None:
    """Arguments that differ in one value but the key; None where no other value is known."""
    api = trial.asker.exchanges.context.contracts.openapi
    settings = trial.asker.ground.settings
    operation = settings.same_as.get(trial.field.label)
    for given in rest_examples(api, operation) if operation else ():
        for name, value in given.items():
            usable = name in arguments and name != key and value != arguments[name]
            if usable and not trial.values.sourced(place_of(trial.field, name)):
                return {**arguments, name: value}
    for name in arguments:
        place = place_of(trial.field, name)
        again = f"{arguments[name]} and more" if place.schema.get("type") == "string" else MISSING
        if name != key and place.fits(again) and not trial.values.sourced(place):
            return {**arguments, name: again}
    return None
