"""How long judging a long history again takes: a real one, told over and over.

python tests/bench/judging.py HISTORY [RECORDS]     # a history-*.jsonl of a run
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RECORDS = 1_000_000
_RESET = "x-ratelimit-reset"
_SHORTEST_KEY = 12
"""Shorter keys may stand in other values by chance."""


@dataclass(frozen=True)
class Judged:
    """One `stageproof check` of a history of so many records."""

    records: int
    seconds: float
    megabytes: float
    """The most memory that one of its processes had."""


def longer(source: Path, target: Path, records: int) -> None:
    """Write a history of so many records: the source's, again and again, each time with entities,
    calls, cases and moments of its own, so that it is as lawful as its source."""
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    with target.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(line + "\n" for line in islice(_again(told), records))


def _again(told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    span = math.ceil(told[-1]["at"] + 5)
    calls = max(r["call"] for r in told)
    for turn in count():
        for record in told:
            key = record["key"]
            moved = {
                **record,
                "call": record["call"] + turn * calls,
                "at": round(record["at"] + turn * span, 6),
                "cases": [f"{c}.{turn}" if "#" in c else c for c in record["cases"]],
                "value": _later(record["value"], turn * span),
            }
            line = json.dumps(moved, separators=(",", ":"), ensure_ascii=False)
            owned = key is not None and len(key) > _SHORTEST_KEY
            yield line.replace(key, f"{key[:-5]}{turn:05d}") if owned else line


def _later(value: Any, seconds: int) -> Any:
    """Windows that end later."""
    if not isinstance(value, dict):
        return value
    moved = {k: _later(v, seconds) if k == "headers" else v for k, v in value.items()}
    if _RESET in moved:
        moved[_RESET] = str(int(moved[_RESET]) + seconds)
    return moved


def judged(history: Path, records: int) -> Judged:
    """Check it with the command."""
    start = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "harness", "check", str(history)], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"check of {history} ended with {child.returncode}: is its source a run's own?")
    return Judged(records, time.monotonic() - start, used.ru_maxrss / 1024)


def figures(source: Path, records: int = RECORDS) -> Table:
    """A tenth and the whole: ten times the records should take about ten times as long."""
    table = Table("records judged by `stageproof check`", "seconds", "memory", "records/s")
    with tempfile.TemporaryDirectory(prefix="judging-") as scratch:
        for size in (records // 10, records):
            history = Path(scratch) / f"{size}.jsonl"
            longer(source, history, size)
            done = judged(history, size)
            table.add_row(
                f"{size:,}", f"{done.seconds:.1f}", f"{done.megabytes:.0f} MB",
                f"{size / done.seconds:,.0f}",
            )  # fmt: skip
    return table


if __name__ == "__main__":
    Console(highlight=False).print(
        figures(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else RECORDS)
    )
