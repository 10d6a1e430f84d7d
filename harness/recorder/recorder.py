"""Writes records as they happen, each line flushed, so that a killed run leaves what it saw."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.model import Feed, Header, History, Json, Kind, Record
from harness.recorder.redaction import Redaction, writable


class Recorder:
    """One run's history, shared by every feed and safe to call from any thread.

    A record belongs to the cases it is given; else to the case that first claimed its key; else
    to the case that is running (a stage runs one at a time).
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        redact: Redaction | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._header = header
        self._redact = redact or Redaction()
        self._clock = clock
        self._start = clock()
        self._records: list[Record] = []
        self._open: dict[int, Record] = {}
        self._owners: dict[str, tuple[str, ...]] = {}
        self._case: str | None = None
        self._calls = 0
        self._changed = threading.Condition()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._write(header.model_dump_json().encode())

    def now(self) -> float:
        """Seconds since the run started, on the clock of the records."""
        return self._clock() - self._start

    @property
    def header(self) -> Header:
        """The first line, as it was written."""
        return self._header

    @property
    def history(self) -> History:
        """What was recorded so far."""
        with self._changed:
            return History(self._header, tuple(self._records))

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """What happens inside belongs to this case, unless its key says otherwise."""
        with self._changed:
            before, self._case = self._case, name
        try:
            yield
        finally:
            with self._changed:
                self._case = before

    @property
    def running(self) -> tuple[str, ...]:
        """The case that is running, if any."""
        return (self._case,) if self._case else ()

    def owners(self, key: str | None) -> tuple[str, ...]:
        """The cases that an entity belongs to, as far as it was seen."""
        return () if key is None else self._owners.get(key, ())

    def invoke(
        self,
        feed: Feed,
        name: str,
        *,
        key: str | None = None,
        value: Json = None,
        fault: str | None = None,
        cases: tuple[str, ...] = (),
    ) -> int:
        """A call begins. Gives its number, for ``complete``."""
        with self._changed:
            self._calls += 1
            record = self._record(self._calls, "invoke", feed, name, key, value, fault, cases)
            self._open[record.call] = record
            return record.call

    def complete(
        self,
        call: int,
        kind: Kind,
        *,
        key: str | None = None,
        value: Json = None,
        fault: str | None = None,
    ) -> None:
        """A call ends. ``key`` may be known only now."""
        with self._changed:
            start = self._open.pop(call)
            self._record(
                call, kind, start.feed, start.name, key or start.key, value,
                fault or start.fault, start.cases if key is None else self._of(key, start.cases),
            )  # fmt: skip

    def observe(
        self, name: str, *, key: str | None = None, value: Json = None, feed: Feed = "observe"
    ) -> int:
        """The stage did something by itself: a single record."""
        with self._changed:
            self._calls += 1
            self._record(self._calls, "ok", feed, name, key, value, None, ())
            return self._calls

    def await_more(self, than: int, seconds: float) -> bool:
        """Wait until the history is longer than this; False when time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._records) > than, max(0.0, seconds))

    def __len__(self) -> int:
        return len(self._records)

    def since(self, index: int) -> tuple[Record, ...]:
        """The records from this position on; a watcher remembers how far it has read."""
        with self._changed:
            return tuple(self._records[index:])

    def close(self) -> None:
        """Calls that are still open stay so: they may have happened."""
        with self._changed:
            self._file.close()

    def _of(self, key: str | None, cases: tuple[str, ...]) -> tuple[str, ...]:
        if key is not None and key in self._owners:
            return self._owners[key]
        owners = cases or self.running
        if key is not None and owners:
            self._owners[key] = owners
        return owners

    def _record(
        self, call: int, kind: Kind, feed: Feed, name: str, key: str | None, value: Json,
        fault: str | None, cases: tuple[str, ...],
    ) -> Record:  # fmt: skip
        key = None if key is None else writable(key)
        record = Record(
            call=call, kind=kind, at=round(self.now(), 6), feed=feed, name=name,
            cases=self._of(key, cases), key=key, held=self._redact(value), fault=fault,
        )  # fmt: skip
        self._records.append(record)
        self._write(record.line())
        if feed != "wire":  # there are so many; whoever waits for one looks again soon enough
            self._changed.notify_all()
        return record

    def _write(self, line: bytes) -> None:
        if not self._file.closed:
            self._file.write(line + b"\n")
            self._file.flush()
