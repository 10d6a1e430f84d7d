"""GraphQL and REST tell the same of the same thing."""

from collections.abc import Iterator, Mapping

from harness.engine.contract.caller import Caller
from harness.engine.contract.graphql.document import write
from harness.engine.contract.graphql.reading import Reading
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.request import Request
from harness.engine.contract.rest_exchanges import RestExchanges
from harness.engine.contract.settled import PATIENCE
from harness.model import Json
from harness.specs import Operation

_PAUSE = 0.3


def run_agreement(trial: Trial) -> None:
    """Compare with the REST operation that must answer the same, where one is named."""
    context = trial.asker.exchanges.context
    name = context.graphql.same_as.get(trial.field.label)
    if name is None:
        return
    operation = context.contracts.openapi.operation(name)
    arguments = trial.values.required(trial.field, trial.identity)
    if arguments is None:
        return
    exchanges = RestExchanges(context, trial.asker.exchanges.unit)
    exchanges.breaches = trial.asker.exchanges.breaches
    with Caller(exchanges) as caller:
        _compare(trial, caller, operation, arguments)


def _compare(
    trial: Trial, caller: Caller, operation: Operation, arguments: Mapping[str, Json]
) -> None:
    """What moves on by itself is asked for until it stood still over all three answers."""
    recorder = caller.exchanges.context.recorder
    document = write(trial.field, arguments, trial.selections.whole(trial.field.definition.type))
    request = _request(operation, arguments)
    deadline = recorder.now() + PATIENCE
    trial.cases.add(trial.field.label, "agreement", operation.id)
    while recorder.now() < deadline:
        before = caller.call(request, trial.identity)
        reading = trial.asker.ask(document, trial.identity)
        after = caller.call(request, trial.identity)
        if before is None or reading is None or after is None:
            return
        if (before.status, before.json) == (after.status, after.json):
            _judge(trial, operation, after.status, after.json, reading)
            return
        recorder.await_more(len(recorder), _PAUSE)
    trial.doubt(f"{trial.field.label} and {operation.label}", "it moved on all the time")


def _judge(trial: Trial, operation: Operation, status: int, rest: Json, reading: Reading) -> None:
    names = f"{trial.field.label} and {operation.label}"
    if (status < 300) != reading.ok:
        trial.said(
            "REST and GraphQL agree", "outcome",
            f"{names} disagree: REST answered {status}, GraphQL {reading.outcome}", "", reading,
        )  # fmt: skip
        return
    if not reading.ok:
        trial.doubt(names, f"both refused ({status}), so there was nothing to compare")
        return
    seen: list[str] = []
    wrong = list(differences(rest, reading.value, "", seen))
    if not seen:
        trial.doubt(names, "they have no field of the same name to compare")
    if wrong:
        trial.said(
            "REST and GraphQL agree", wrong[0][0],
            f"{names} disagree about {wrong[0][0]}",
            "\n".join(text for _, text in wrong[:10]), reading,
        )  # fmt: skip


def differences(rest: Json, graphql: Json, path: str, seen: list[str]) -> Iterator[tuple[str, str]]:
    """Where both have a field of a name but not the same value of it. ``seen``: all compared."""
    if isinstance(rest, Mapping) and isinstance(graphql, Mapping):
        shared = [(name, name) for name in sorted(graphql.keys() & rest.keys())]
        for name, other in (*shared, *_lists(rest, graphql)):
            where = f"{path}.{other}".lstrip(".")
            yield from differences(rest[name], graphql[other], where, seen)
    elif isinstance(rest, list) and isinstance(graphql, list):
        if len(rest) != len(graphql):
            yield path, f"{path}: {len(rest)} over REST, {len(graphql)} over GraphQL"
        for one, other in zip(rest, graphql, strict=False):
            yield from differences(one, other, f"{path}[]", seen)
    else:
        seen.append(path)
        if rest != graphql:
            yield path, f"{path}: {rest!r} over REST, {graphql!r} over GraphQL"


def _lists(rest: Mapping[str, Json], graphql: Mapping[str, Json]) -> list[tuple[str, str]]:
    """The one list of each, where their names differ: ``orders`` and a connection's ``nodes``."""
    one, other = ([n for n, v in x.items() if isinstance(v, list)] for x in (rest, graphql))
    differ = len(one) == 1 and len(other) == 1 and one != other
    return [(one[0], other[0])] if differ else []


def _request(operation: Operation, arguments: Mapping[str, Json]) -> Request:
    """The REST request with the same values, by the names of its parameters."""
    given: dict[str, dict[str, str]] = {"path": {}, "query": {}}
    for parameter in operation.parameters:
        value = arguments.get(parameter.name)
        if value is not None and parameter.place in given:
            given[parameter.place][parameter.name] = str(value)
    return Request(operation, given["path"], given["query"])
