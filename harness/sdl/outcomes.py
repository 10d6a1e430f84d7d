"""What an answer of GraphQL says of what happened."""

from collections.abc import Collection, Mapping

from harness.model import Json, Kind

_PERHAPS = ("ExecutionTimeout", "Lambda:")
"""Errors after which something may have happened."""


def kind_of(body: Mapping[str, Json], operation: str, *, doubtful: Collection[str] = ()) -> Kind:
    """Refused before anything could happen is ``fail``; a mutation's failing function is not.

    ``operation`` is ``query``, ``mutation`` or ``subscription``; ``doubtful`` are error types of
    the application's own after which something may have happened. A part that was answered makes
    it ``ok``, whatever the others' errors.
    """
    errors = body.get("errors") or ()
    if not errors:
        return "ok"
    kinds = [str(error.get("errorType") or "") for error in errors]
    if operation == "mutation" and any(k.startswith(_PERHAPS) or k in doubtful for k in kinds):
        return "info"
    data = body.get("data")
    return "ok" if data and any(x is not None for x in data.values()) else "fail"
