"""Function logs, read when somebody asks: what the code said while something went wrong."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from harness.model import Stage
from harness.observe.lines import readable
from harness.targets import Aws

_START = re.compile(r"^START RequestId: (\S+)")
_END = re.compile(r"^END RequestId: (\S+)")
_REPORT = re.compile(r"^REPORT RequestId: (\S+).*?Duration: ([\d.]+) ms")
_BAD = re.compile(
    r"Traceback \(most recent call last\)|^\[ERROR\]|\"level\": ?\"(ERROR|CRITICAL)\"|"
    r"Task timed out|errorType|Worker process died"
)
_COLD = re.compile(r"\"cold_start\": ?true|Init Duration:")
_LATE = 5000
"""Milliseconds that a line may arrive after a later one; so much is read again."""
_MOST = 60
"""Lines that a person still reads."""
_CONTEXT = 12
"""Lines worth showing of invocations that merely ran at the same time and went well."""


@dataclass
class Invocation:
    """One START…END block."""

    function: str
    request: str
    start: float
    end: float
    lines: list[str] = field(default_factory=list)
    cold: bool = False

    @property
    def bad(self) -> bool:
        """Whether something in it went wrong."""
        return any(_BAD.search(line) for line in self.lines)

    def told(self) -> Iterator[str]:
        """Its lines with the function's name."""
        yield from (f"{self.function}: {line}" for line in readable(self.lines))


class LogBook:
    """The logs of a stage's functions since it was made.

    Args:
        now: the recorder's clock, so that log times and records can be compared.
        wall: seconds since the epoch.
    """

    def __init__(
        self,
        aws: Aws,
        stage: Stage,
        now: Callable[[], float],
        *,
        wall: Callable[[], float] = time.time,
        processes: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._client = aws.client("logs")
        self._groups = {f"/aws/lambda/{name}": logical for logical, name in stage.functions.items()}
        self._epoch = wall() - now()
        self._since = {group: int(wall() * 1000) for group in self._groups}
        self._seen: dict[str, set[tuple[str, int, str]]] = {group: set() for group in self._groups}
        self._invocations: dict[tuple[str, str], Invocation] = {}
        self._current: dict[str, Invocation] = {}
        self._processes = processes
        self._lock = threading.Lock()

    def behind(self, start: float, end: float, tokens: Iterable[str]) -> tuple[str, ...]:
        """What was logged behind something.

        The lines of the invocations that mention one of the tokens (a request id, a correlation
        id, a key), else of those that overlap the interval (on the recorder's clock), where
        those that went wrong push out the rest; tracebacks first. At most 60 lines; empty when
        the logs can't be had.
        """
        blocks = self.invocations()
        wanted = [t for t in tokens if t]
        found = [b for b in blocks if any(t in line for t in wanted for line in b.lines)]
        if found:
            return _story(found)
        around = [b for b in blocks if b.start <= end and b.end >= start and b.lines]
        wrong = [b for b in around if b.bad]
        return _story(wrong) if wrong else _story(around, _CONTEXT)

    def errors(self) -> tuple[str, ...]:
        """The lines of every invocation in which something went wrong."""
        return _shortened([x for b in self.invocations() if b.bad for x in b.told()], 10 * _MOST)

    def environments(self) -> dict[str, int]:
        """Function (logical id) → distinct execution environments seen.

        Counted as processes where they can be told apart, else by cold starts in the logs.
        """
        if seen := self._processes():
            return dict(seen)  # without reading all logs
        cold: dict[str, int] = dict.fromkeys(self._groups.values(), 0)
        for block in self.invocations():
            cold[block.function] += block.cold
        return {name: n for name, n in cold.items() if n}

    def invocations(self) -> list[Invocation]:
        """Every invocation so far, oldest first."""
        with self._lock:
            for group, function in self._groups.items():
                try:
                    self._read(group, function)
                except (BotoCoreError, ClientError, OSError):
                    continue  # a group that isn't there yet, or a dead emulator: no logs
            return sorted(self._invocations.values(), key=lambda b: b.start)

    def _read(self, group: str, function: str) -> None:
        while True:
            since = max(0, self._since[group] - _LATE)
            pages = self._client.filter_log_events(logGroupName=group, startTime=since)
            events = pages.get("events", [])
            fresh = [e for e in events if self._is_new(group, e)]
            for event in fresh:
                self._take(function, event)
            if events:
                self._since[group] = max(self._since[group], events[-1]["timestamp"])
            self._forget(group)
            if not fresh or (len(events) < 10_000 and "nextToken" not in pages):
                return

    def _is_new(self, group: str, event: dict[str, Any]) -> bool:
        mark = (event["logStreamName"], event["timestamp"], event["message"])
        if mark in self._seen[group]:
            return False
        self._seen[group].add(mark)
        return True

    def _forget(self, group: str) -> None:
        oldest = self._since[group] - 2 * _LATE
        self._seen[group] = {m for m in self._seen[group] if m[1] >= oldest}

    def _take(self, function: str, event: dict[str, Any]) -> None:
        stream, line = event["logStreamName"], event["message"].rstrip("\n")
        at = event["timestamp"] / 1000 - self._epoch
        if started := _START.match(line):
            block = Invocation(function, started[1], at, at)
            self._invocations[function, started[1]] = self._current[stream] = block
            return
        current = self._current.get(stream)
        if current is None:
            return
        current.end = max(current.end, at)
        current.cold = current.cold or bool(_COLD.search(line))
        if reported := _REPORT.match(line):
            # Emulators date every line by the end of the invocation.
            current.start = min(current.start, at - float(reported[2]) / 1000)
        elif not _END.match(line):
            current.lines.append(line)


def _story(blocks: Iterable[Invocation], most: int = _MOST) -> tuple[str, ...]:
    ordered = sorted(blocks, key=lambda b: (not b.bad, b.start))
    return _shortened([line for block in ordered for line in block.told()], most)


def _shortened(lines: list[str], most: int = _MOST) -> tuple[str, ...]:
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], f"… {len(lines) - most + 1} more lines")
