"""What an answer of GraphQL says of what happened."""

from collections.abc import Mapping

from harness.model import Json, Kind

_PERHAPS = ("ExecutionTimeout", "Lambda:")
"""Errors after which something may have happened."""


def kind_of(body: Mapping[str, Json], operation: str) -> Kind:
    """Refused before anything could happen is ``fail``; a mutation's failing function is not.

    ``operation`` is ``query``, ``mutation`` or ``subscription``. A part that was answered makes it
    ``ok``, whatever the others' errors.
    """
    errors = body.get("errors") or ()
    if not errors:
        return "ok"
    kinds = [str(error.get("errorType") or "") for error in errors]
    if operation == "mutation" and any(kind.startswith(_PERHAPS) for kind in kinds):
        return "info"
    data = body.get("data")
    return "ok" if data and any(x is not None for x in data.values()) else "fail"
