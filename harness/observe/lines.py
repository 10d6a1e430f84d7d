"""Log lines as a person wants to read them: no boilerplate, paths as on AWS."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

_UNPACKED = re.compile(r"[^\s\"']*/(?:ministack-lambda-[^/]+|lambda/awslambda-[^/]+/[^/]+)/code/")
_LINKED = re.compile(r"[^\s\"']*/stageproof/libraries/[0-9a-f]+/")
_FRAME_OF_EMULATOR = re.compile(r"^  File \".*/ministack-lambda-[^/]+/_worker\.py\", line \d+")

# What structured loggers repeat on every line.
_BOILERPLATE = {
    *("level", "message", "timestamp", "service", "environment", "cold_start", "location"),
    *("sampling_rate", "xray_trace_id", "exception", "exception_name", "stack_trace"),
    *("function_name", "function_memory_size", "function_arn", "function_request_id"),
}


def readable(lines: Iterable[str]) -> Iterator[str]:
    """The same story, shorter: JSON lines as text, tracebacks without the emulator's own frame."""
    skipping = False
    for line in (short for raw in lines for short in _unpacked(raw)):
        if _FRAME_OF_EMULATOR.match(line):
            skipping = True
        elif not (skipping and line.startswith("    ")):
            skipping = False
            yield _LINKED.sub("/opt/python/", _UNPACKED.sub("/var/task/", line))


def _unpacked(line: str) -> list[str]:
    if not line.startswith("{"):
        return [line]
    try:
        said: Any = json.loads(line)
    except ValueError:
        return [line]
    if not isinstance(said, dict) or "message" not in said:
        return [line]
    more = " ".join(f"{k}={_text(v)}" for k, v in said.items() if k not in _BOILERPLATE)
    head = f"{said.get('level', 'INFO')} {_text(said['message'])} {more}".rstrip()
    return [head, *str(said.get("exception") or "").splitlines()]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
