"""A history back from its file."""

import gc
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from harness.model import HarnessError, Header, History, Record, parse_record
from harness.model.history import FORMAT


class HistoryError(HarnessError):
    """A file is no history, or one of another format, or damaged before its last line."""


def read_history(path: Path) -> History:
    """Read a history file; a last line that was cut short (a killed run) is dropped.

    The values stay in the file, which is mapped into memory, until somebody asks for them.

    Raises:
        HistoryError: naming the line.
    """
    try:
        lines = _lines(path)
        first = next(lines, None)
    except OSError as error:
        raise HistoryError(
            f"cannot read {path}: {error}", "Give a history.jsonl of a run."
        ) from None
    if first is None:
        raise HistoryError(f"{path} is empty", "Give a history.jsonl of a run.")
    header = _header(path, bytes(first))
    with _no_collections():
        return History(header, list(_records(path, lines)))


def _header(path: Path, line: bytes) -> Header:
    try:
        header = Header.model_validate_json(line)
    except ValidationError:
        raise HistoryError(
            f"{path}:1 is not the header of a history", "Give a history.jsonl of a run."
        ) from None
    if header.format != FORMAT:
        raise HistoryError(
            f"{path}:1 has format {header.format}, this version reads {FORMAT}",
            "Judge it with the version of stageproof that wrote it (see versions in its header).",
        )
    return header


def _lines(path: Path) -> Iterator[memoryview]:
    """Split at newlines alone: a value may hold other line separators, and a killed run may have
    cut its last line within a character."""
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view, start, size = memoryview(mapped), 0, len(mapped)
    while start < size:
        found = mapped.find(b"\n", start)
        end = size if found < 0 else found
        yield view[start:end]
        start = end + 1


def _records(path: Path, lines: Iterator[memoryview]) -> Iterator[Record]:
    damaged = 0
    for number, line in enumerate(lines, 2):
        if damaged:
            break
        try:
            yield parse_record(line)
        except ValueError:
            damaged = number
    else:
        return  # a damaged line that is the last was cut short
    raise HistoryError(f"{path}:{damaged} is not a record", "The file was damaged or edited.")


@contextmanager
def _no_collections() -> Iterator[None]:
    """A million records at once, none of them garbage: looking for some takes most of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
