"""What laws read out of records: fields, states, who called, and a line for a person."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from harness.model import Call, Json, Record

_WIDTH = 150


def dig(value: Json, path: str) -> Json:
    """What stands at a dotted path (``body.lines.0.total``); None where there is nothing.

    Names of mappings are compared exactly, then without regard to case (HTTP headers).
    """
    found: Any = value
    for step in _steps(path):
        # A record's value is plain JSON; asking whether it is any mapping takes ten times as long.
        if isinstance(found, dict):
            found = found[step] if step in found else _any_case(found, step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _any_case(mapping: dict[str, Json], name: str) -> Json:
    wanted, length = name.lower(), len(name)
    for known, value in mapping.items():
        if len(known) == length and known.lower() == wanted:
            return value
    return None


def whole(value: Json) -> int | None:
    """A whole number, also when it came as text (a header); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    text = str(value).strip() if isinstance(value, str) else ""
    return int(text) if text.lstrip("-").isdigit() else None


def moment(value: Json) -> float | None:
    """Unix seconds of a moment in ISO 8601; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return None


def has(value: Json, match: Mapping[str, Json]) -> bool:
    """Whether all these paths have these values; a list means any of its members."""
    return all(
        dig(value, path) in (wanted if isinstance(wanted, list | tuple) else (wanted,))
        for path, wanted in match.items()
    )


def status(call: Call) -> int | None:
    """The HTTP status that a call was answered with; None without an answer."""
    return whole(dig(call.end.value, "status")) if call.end is not None else None


def answer(call: Call, path: str) -> Json:
    """A field of the completion, else of the invoke."""
    found = dig(call.end.value, path) if call.end is not None else None
    return dig(call.start.value, path) if found is None else found


def caller(call: Call) -> str | None:
    """Whose token the call carried, as the client named the identity."""
    found = answer(call, "identity")
    return found if isinstance(found, str) else None


def word(name: str) -> str:
    """What a person calls the entity of ``order.status``: order."""
    return name.split(".", 1)[0]


def show(record: Record) -> str:
    """One line for a person."""
    key = f" {record.key}" if record.key else ""
    fault = f" [fault: {record.fault}]" if record.fault else ""
    what = _change(record.value) or _rest(record)
    return f"{record.at:9.3f} s  {record.feed:<7} {record.name}{key}  {what}{fault}"


def _change(value: Json) -> str:
    if not isinstance(value, Mapping) or "to" not in value or "from" not in value:
        return ""
    return f"{value['from']} → {value['to']}{_versioned(value)}"


def _versioned(value: Mapping[str, Json]) -> str:
    return f" (version {value['version']})" if value.get("version") is not None else ""


def _rest(record: Record) -> str:
    code = dig(record.value, "status") if record.kind != "invoke" else None
    if isinstance(code, int):
        return f"{record.kind} {code}"
    if record.value is None:
        return record.kind
    text = json.dumps(record.value, ensure_ascii=False, default=str)
    return f"{record.kind} {text if len(text) <= _WIDTH else text[: _WIDTH - 1] + '…'}"
