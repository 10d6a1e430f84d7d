"""A history back from its file."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from harness.model import HarnessError, Header, History, Record
from harness.model.history import FORMAT


class HistoryError(HarnessError):
    """A file is no history, or one of another format, or damaged before its last line."""


def read_history(path: Path) -> History:
    """Read a history file; a last line that was cut short (a killed run) is dropped.

    Raises:
        HistoryError: naming the line.
    """
    try:
        # Bytes and newlines alone: a value may hold other line separators, and a killed run may
        # have cut its last line within a character.
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    except OSError as error:
        raise HistoryError(
            f"cannot read {path}: {error}", "Give a history.jsonl of a run."
        ) from None
    if lines == [b""]:
        raise HistoryError(f"{path} is empty", "Give a history.jsonl of a run.")
    try:
        header = Header.model_validate_json(lines[0])
    except ValidationError:
        raise HistoryError(
            f"{path}:1 is not the header of a history", "Give a history.jsonl of a run."
        ) from None
    if header.format != FORMAT:
        raise HistoryError(
            f"{path}:1 has format {header.format}, this version reads {FORMAT}",
            "Judge it with the version of stageproof that wrote it (see versions in its header).",
        )
    return History(header, list(_records(path, lines)))


def _records(path: Path, lines: list[bytes]) -> Iterator[Record]:
    for number, line in enumerate(lines[1:], 2):
        try:
            yield Record.model_validate_json(line)
        except ValidationError:
            if number == len(lines):
                return
            raise HistoryError(
                f"{path}:{number} is not a record", "The file was damaged or edited."
            ) from None
