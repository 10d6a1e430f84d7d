"""Valid documents made from the schema: every reachable type, every small set of arguments."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from harness.engine.contract.graphql.agreement import run_agreement
from harness.engine.contract.graphql.document import Asked, write
from harness.engine.contract.graphql.trial import Trial
from harness.model import Json

_FEW = 3
"""Optional arguments whose every set is tried; of more, each alone and all together."""


def run_examples(trial: Trial) -> None:
    """Ask for everything once, then for little with each set of arguments."""
    documents = list(valid_documents(trial))
    if not documents:
        cannot_ask(trial)
        return
    readings = [trial.accepted(what, asked) for what, asked in documents]
    if trial.field.kind == "Query":
        if not any(r is not None and r.ok for r in readings):
            trial.doubt(trial.field.label, "no example was answered with a value")
        run_agreement(trial)


def valid_documents(trial: Trial) -> Iterator[tuple[str, Asked]]:
    """Each with what it is; none when a required value can't be had."""
    field, selections = trial.field, trial.selections
    required = trial.values.required(field, trial.identity)
    if required is None:
        return
    kind = field.definition.type
    yield "a request for everything", write(field, required, selections.whole(kind))
    optional = trial.values.optional(field, trial.identity)
    least = selections.least(kind)
    for some in _sets(optional):
        again = trial.values.required(field, trial.identity) or required
        yield f"a request with {', '.join(some)}", write(field, {**again, **some}, least)


def cannot_ask(trial: Trial) -> None:
    """Say that no valid document could be made, and how to help."""
    trial.doubt(
        trial.field.label,
        "no valid document could be made: give its required arguments values or examples in "
        "[checks.graphql]",
    )


def _sets(optional: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    names = list(optional)
    sizes = range(1, len(names) + 1) if len(names) <= _FEW else (1, len(names))
    for size in sizes:
        for some in combinations(names, size):
            yield {name: optional[name] for name in some}
