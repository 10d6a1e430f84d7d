"""A refused operation wrote nothing: no more entities came to be than were asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from harness.engine.contract.breaches import Breach
from harness.engine.contract.graphql.trial import Trial
from harness.model import Record

_QUIET = 0.25
"""Seconds without a record after which the tables' streams have been read."""
_PATIENCE = 3.0


@contextmanager
def nothing_more_written(trial: Trial) -> Iterator[None]:
    """Judge by the history what came to be while the unit's documents were sent.

    Entities whose keys an answer named belong to that answer's case; the rest belongs to the case
    that runs, and each has to be explained by an answer that wasn't a refusal.
    """
    recorder = trial.asker.exchanges.context.recorder
    start = len(recorder)
    yield
    if trial.field.kind != "Mutation":
        _judge(trial, recorder.since(start))
        return
    deadline = recorder.now() + _PATIENCE
    while recorder.now() < deadline:
        read = len(recorder)
        if not recorder.await_more(read, _QUIET):
            break
    _judge(trial, recorder.since(start))


def _judge(trial: Trial, records: tuple[Record, ...]) -> None:
    unit = trial.asker.exchanges.unit.id
    mine = [r for r in records if unit in r.cases]
    born = {r.key for r in mine if _is_birth(r) and r.key is not None}
    done = [r for r in mine if r.feed == "client" and r.kind in ("ok", "info")]
    named = {r.key for r in done if r.key is not None}
    nameless = sum(1 for r in done if r.key is None and r.name.startswith(("mutation ", "POST ")))
    strays = sorted(born - named)
    if len(strays) <= nameless:
        return
    trial.asker.exchanges.breaches.add(
        Breach(
            "refused writes nothing", trial.field.label, "written",
            f"{trial.field.label} wrote {len(strays) - nameless} more than it answered for",
            f"No accepted answer explains {', '.join(strays[:5])}.",
        )
    )  # fmt: skip


def _is_birth(record: Record) -> bool:
    value = record.value if isinstance(record.value, dict) else {}
    return record.feed == "observe" and value.get("event") == "INSERT"
