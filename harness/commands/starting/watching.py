"""What of a stage can be watched, by its outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness.commands.starting.outputs import Outputs, shown
from harness.deploy import Template

_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")


@dataclass(frozen=True)
class Watched:
    """Names of stack outputs, by what they are."""

    tables: dict[str, str]
    """Output → the table's partition key."""
    dead_letters: dict[str, str]
    """Output → what histories call the queue."""
    buses: tuple[str, ...]
    topics: tuple[str, ...]
    keys: tuple[str, ...]
    """Partition keys of all tables: what identifies an entity."""


def watched_in(template: Template, outputs: Outputs) -> Watched:
    """Everything that the outputs name."""
    tables = template.of_type(*_TABLES)
    keys = {name: _partition_key(table) for name, table in tables.items()}
    dead = set(_dead_letter_queues(template))
    queues = outputs.attribute("", "AWS::SQS::Queue")
    buses = [
        *outputs.attribute("", "AWS::Events::EventBus"),
        *outputs.attribute("Name", "AWS::Events::EventBus"),
    ]
    return Watched(
        tables={output: keys[name] for output, name in outputs.attribute("", *_TABLES)},
        dead_letters={output: name for output, name in queues if name in dead},
        buses=tuple(output for output, _ in buses),
        topics=tuple(output for output, _ in outputs.attribute("", "AWS::SNS::Topic")),
        keys=tuple(dict.fromkeys(filter(None, keys.values()))),
    )


def _partition_key(table: dict[str, Any]) -> str:
    schema = (table.get("Properties") or {}).get("KeySchema") or []
    named = (key.get("AttributeName") for key in schema if key.get("KeyType") == "HASH")
    return next((name for name in named if isinstance(name, str)), "")


def _dead_letter_queues(template: Template) -> Iterator[str]:
    """Queues that other queues send their dead letters to."""
    for queue in template.of_type("AWS::SQS::Queue").values():
        policy = (queue.get("Properties") or {}).get("RedrivePolicy") or {}
        if isinstance(policy, dict):
            target = shown(policy.get("deadLetterTargetArn", ""))
            yield target.removeprefix("${").partition(".")[0]
