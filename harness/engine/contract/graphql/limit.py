"""A limit counts every field that is asked for, however many one document holds."""

from collections.abc import Mapping

from harness.engine.contract.exchanges import clock
from harness.engine.contract.graphql.document import Asked, call, head
from harness.engine.contract.graphql.reading import Reading, code_of
from harness.engine.contract.graphql.trial import Trial
from harness.model import Identity, Json, UnknownKind

_SIZES = (2,) * 20 + (12,) * 5
"""Aliases in each document that is sent, at most, to use a limit up: few at first, so that no
fleet has to start for them; more where a machine is too slow to get there in one window."""
_SHORTEST = 1.0
"""Seconds that a window has at least: what says when it ends says so in whole seconds."""


def run_limit(trial: Trial) -> None:
    """As a customer of a low tier, ask until the limit refuses."""
    context = trial.asker.exchanges.context
    code = context.graphql.limit
    if not code or code not in trial.field.codes or context.limited is None:
        return
    trial.cases.add(trial.field.label, "rate limit", "aliases")
    # A repeat counts like any other, and makes nothing that somebody has to look after.
    arguments = trial.values.required(trial.field, trial.identity) or {}
    accepted, start = 0, clock()
    for aliases in _SIZES:
        reading = _ask(trial, context.limited, arguments, aliases)
        if reading is None:
            return
        refusals = [e for e in reading.errors if code_of(e) == code]
        accepted += aliases - len(refusals)
        if refusals:
            _judge(trial, reading, accepted, clock() - start, refusals[0])
            return
    trial.asker.exchanges.breaches.doubt(
        UnknownKind.NOTHING_SEEN, f"{code} of {trial.field.label}",
        f"{sum(_SIZES)} requests of {context.limited.name} didn't use the limit up; give "
        "[checks] limited an identity of a low tier", trial.asker.exchanges.unit.id,
    )  # fmt: skip


def _ask(
    trial: Trial, who: Identity, arguments: Mapping[str, Json], aliases: int
) -> Reading | None:
    least = trial.selections.least(trial.field.definition.type)
    called = call(trial.field, arguments)
    fields = " ".join(f"a{n}: {called} {least}" for n in range(1, aliases + 1))
    text = f"{head(trial.field, arguments)} {{ {fields} }}"
    return trial.asker.ask(Asked(trial.field, text, arguments, aliases=aliases), who)


def _judge(
    trial: Trial, reading: Reading, accepted: int, seconds: float, refusal: Mapping[str, Json]
) -> None:
    """In so many seconds lie so many windows, and a part of one at either end."""
    info = refusal.get("errorInfo")
    limit = info.get("limit") if isinstance(info, Mapping) else None
    if isinstance(limit, int) and accepted > limit * (int(seconds / _SHORTEST) + 2):
        trial.said(
            "rate limit", "exceeded",
            f"{trial.field.label} accepted {accepted} requests in {seconds:.1f} s of a limit of "
            f"{limit}", "They came in documents of several aliases each.", reading,
        )  # fmt: skip
