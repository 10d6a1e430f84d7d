"""What a field's arguments name, read by its owner once it no longer moves on by itself."""

from collections.abc import Mapping

from harness.engine.contract.graphql.document import Asked, write
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.graphql.values import place_of
from harness.engine.contract.settled import settled_by
from harness.model import Json


def entities(trial: Trial) -> list[str]:
    """The arguments that name something owned."""
    return [
        n for n in trial.field.definition.args if trial.values.sourced(place_of(trial.field, n))
    ]


def reader_of(trial: Trial, arguments: Mapping[str, Json]) -> Asked | None:
    """The owner's query of the same thing: an owned one that takes just what names it."""
    named = {n: arguments[n] for n in entities(trial) if n in arguments}
    if not named:
        return None
    for field in trial.asker.ground.api.fields:
        needs = {n for n, a in field.definition.args.items() if str(a.type).endswith("!")}
        owned = field.label in trial.asker.ground.settings.owned
        if field.kind == "Query" and owned and needs == named.keys():
            return write(field, named, trial.selections.whole(field.definition.type))
    return None


def at_rest(trial: Trial, reader: Asked) -> Reading | None:
    """What the owner reads when it is the same twice in a row; None when that doesn't come in
    time."""
    return settled_by(
        trial.asker.exchanges.context,
        lambda: trial.asker.ask(reader, trial.identity),
        lambda one, other: one.value == other.value,
    )


def let_rest(trial: Trial, arguments: Mapping[str, Json]) -> None:
    """What a mutation answers depends on how far the thing that it names has come: on a fast target
    and on a slow one it is tried at the same point, where the thing stays by itself. That is once
    nothing is under way on the stage: what waits in a queue only looks as if it stayed."""
    if trial.field.kind == "Mutation" and (reader := reader_of(trial, arguments)):
        trial.asker.exchanges.context.settle()
        at_rest(trial, reader)
