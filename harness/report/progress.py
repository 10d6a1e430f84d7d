"""What goes on, from the signals that workers write: live on a terminal, lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.status import Status

from harness.evidence import WHOLE
from harness.model import Signal

_PAUSE = 0.1
_PLAIN_EVERY = 10.0


class Progress:
    """Shows signals as they come. On a terminal one living line; in a log a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._units = 0
        self._cases = 0
        self._total = 0
        self._failed = 0
        self._now: dict[str, str] = {}
        self._start = self._told = time.monotonic()

    def __enter__(self) -> "Progress":
        if self._console.is_terminal:
            self._status = self._console.status("starting")
            self._status.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._status:
            self._status.stop()

    def see(self, signal: Signal) -> None:
        """Take one in and show what it changes."""
        match signal.what:
            case "units collected":
                self._total = max(self._total, int(signal.value or 0))
            case "unit started" | "note":
                self._now[signal.worker] = signal.name
            case "phase ended":
                self._say(f"  {signal.name:<10} {signal.value:>6} s")
            case "case ended":
                self._cases += 1
            case "unit ended":
                self._units += 1
                self._failed += signal.value == "fail"
                # A worker's own part of the whole may see little; it is judged as one at the end.
                part = signal.name.startswith(WHOLE) and signal.value == "unknown"
                if signal.value != "pass" and not part:
                    colour = "red" if signal.value == "fail" else "yellow"
                    self._say(f"  [{colour}]{signal.value}[/] {signal.name}")
        self._show()

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False)

    def _show(self) -> None:
        of = f"/{self._total}" if self._total else ""
        text = (
            f"{time.monotonic() - self._start:4.0f} s · {self._units}{of} units · "
            f"{self._cases} cases · {self._failed} failed · {' | '.join(self._now.values())}"
        )
        if self._status:
            self._status.update(text)
        elif time.monotonic() - self._told > _PLAIN_EVERY:
            self._told = time.monotonic()
            self._say(f"  {text}")


def follow(folder: Path, running: Callable[[], bool]) -> Iterator[Signal]:
    """Every signal in the folder as it is written, until ``running`` says no and all was read."""
    read: dict[Path, int] = {}
    while True:
        last = not running()
        for path in sorted(folder.glob("signals-*.jsonl")):
            yield from _fresh(path, read)
        if last:
            return
        time.sleep(_PAUSE)


def _fresh(path: Path, read: dict[Path, int]) -> Iterator[Signal]:
    with path.open("rb") as file:
        file.seek(read.get(path, 0))
        for line in file:
            if not line.endswith(b"\n"):
                return
            read[path] = read.get(path, 0) + len(line)
            try:
                yield Signal.model_validate_json(line)
            except ValidationError:
                continue
