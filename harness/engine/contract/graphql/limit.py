"""A limit counts every field that is asked for, however many one document holds."""

from collections.abc import Mapping

from harness.engine.contract.graphql.document import Asked, call, head
from harness.engine.contract.graphql.reading import Reading, code_of
from harness.engine.contract.graphql.trial import Trial
from harness.model import Identity, Json, UnknownKind

_ALIASES = 2
_MOST = 40
"""Documents that are sent at most to use a limit up."""
_WINDOWS = 2
"""A burst can fall into the end of one window and the beginning of the next."""


def run_limit(trial: Trial) -> None:
    """As a customer of a low tier, ask until the limit refuses."""
    context = trial.asker.exchanges.context
    code = context.graphql.limit
    if not code or code not in trial.field.codes or context.limited is None:
        return
    accepted = 0
    for _ in range(_MOST):
        reading = _ask(trial, context.limited)
        if reading is None:
            return
        trial.cases.add(trial.field.label, "rate limit", "aliases")
        refusals = [e for e in reading.errors if code_of(e) == code]
        accepted += _ALIASES - len(refusals)
        if refusals:
            _judge(trial, reading, accepted, refusals[0])
            return
    trial.asker.exchanges.breaches.doubt(
        UnknownKind.NOTHING_SEEN, f"{code} of {trial.field.label}",
        f"{_MOST * _ALIASES} requests of {context.limited.name} didn't use the limit up; give "
        "[checks] limited an identity of a low tier", trial.asker.exchanges.unit.id,
    )  # fmt: skip


def _ask(trial: Trial, who: Identity) -> Reading | None:
    arguments = trial.values.required(trial.field, trial.identity) or {}
    least = trial.selections.least(trial.field.definition.type)
    called = call(trial.field, arguments)
    fields = " ".join(f"a{n}: {called} {least}" for n in range(1, _ALIASES + 1))
    text = f"{head(trial.field, arguments)} {{ {fields} }}"
    return trial.asker.ask(Asked(trial.field, text, arguments, aliases=_ALIASES), who)


def _judge(trial: Trial, reading: Reading, accepted: int, refusal: Mapping[str, Json]) -> None:
    info = refusal.get("errorInfo")
    limit = info.get("limit") if isinstance(info, Mapping) else None
    if isinstance(limit, int) and accepted > limit * _WINDOWS:
        trial.said(
            "rate limit", "exceeded",
            f"{trial.field.label} accepted {accepted} requests in a row of a limit of {limit}",
            f"They came in documents of {_ALIASES} aliases each.", reading,
        )  # fmt: skip
