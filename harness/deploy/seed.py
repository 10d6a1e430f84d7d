"""Sample data from CSV files into tables."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from harness.deploy.application import Cell, SeedSettings
from harness.deploy.errors import DeployError
from harness.targets import Aws

_BATCH = 25
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


def seed(aws: Aws, table: str, path: Path, settings: SeedSettings) -> int:
    """Write a CSV's rows to a table; gives how many.

    Raises:
        DeployError: a file or cell that can't be read (with its line), or a write refused.
    """
    items = list(read_items(path, settings))
    client = aws.client("dynamodb")
    for start in range(0, len(items), _BATCH):
        wanted = {table: [{"PutRequest": {"Item": x}} for x in items[start : start + _BATCH]]}
        try:
            while wanted:
                wanted = client.batch_write_item(RequestItems=wanted).get("UnprocessedItems")
        except client.exceptions.ClientError as error:
            raise DeployError(
                f"can't seed {table} from {path}: {error.response['Error']['Message']}",
                "Does the CSV have the table's key columns?",
            ) from None
    return len(items)


def read_items(path: Path, settings: SeedSettings) -> Iterator[dict[str, Any]]:
    """The CSV's rows as DynamoDB items.

    Raises:
        DeployError: with file and line.
    """
    serialize = TypeSerializer().serialize
    for line, row in _rows(path, settings.types):
        item = {}
        for column, text in row.items():
            if text:
                try:
                    value = _value(text, settings.types.get(column, "str"), settings.separator)
                except (ValueError, InvalidOperation):
                    raise DeployError(
                        f"{path}:{line}: {column} {text!r} is no {settings.types[column]}",
                        "Mend the cell, or the column's type in [seed].",
                    ) from None
                item[column] = serialize(value)
        yield item


def _rows(path: Path, types: dict[str, Cell]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            _columns_exist(path, reader.fieldnames or (), types)
            for row in reader:
                if None in row or None in row.values():
                    raise DeployError(
                        f"{path}:{reader.line_num}: has another number of cells than the header",
                        "Mend the line (a comma in a cell needs quotes).",
                    )
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError) as error:
        raise DeployError(
            f"can't read the sample data {path}: {error}", "Mend [seed] csv in harness.toml."
        ) from None


def _columns_exist(path: Path, columns: Sequence[str], types: dict[str, Cell]) -> None:
    unknown = [c for c in types if c not in columns]
    if unknown:
        raise DeployError(
            f"{path} has no column {', '.join(map(repr, unknown))}",
            f"Its columns: {', '.join(columns)}. Mend [seed] types in harness.toml.",
        )


def _value(text: str, kind: Cell, separator: str) -> object:
    match kind:
        case "int":
            return int(text)
        case "number":
            return Decimal(text)
        case "bool":
            if text.strip().lower() not in _TRUE | _FALSE:
                raise ValueError(text)
            return text.strip().lower() in _TRUE
        case "list":
            return [x.strip() for x in text.split(separator) if x.strip()]
        case _:
            return text
