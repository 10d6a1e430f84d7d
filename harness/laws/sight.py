"""What nobody could see on a stage: to a law that is about it, nothing ever happened.

It would say so, and be wrong. What isn't seen is written into the history, so that whoever judges
it again knows, too.
"""

from collections.abc import Mapping
from typing import Any

from harness.laws.registry import dump
from harness.model import Capability, History, Json, Law, Measured

UNSEEN = "stage.unseen"
"""The engine's record of it."""


def lack(capability: Capability, why: str) -> Measured:
    """Something that it would take to see it, and why that isn't had."""
    return Measured(capability, has=False, how=why)


def about(law: Law, unseen: Mapping[str, Measured]) -> Measured | None:
    """Why this law can't judge; None where all that it names can be seen.

    ``unseen``: what records' names begin with that nobody sees.
    """
    for name in _texts(dump(law)) if unseen else ():
        for begin, lacked in unseen.items():
            if name.startswith(begin):
                return lack(lacked.capability, f"it is about {name}: {lacked.how}")
    return None


def as_value(unseen: Mapping[str, Measured]) -> Json:
    """For the record of it."""
    return {
        "result": [
            {"title": begin, "type": lacked.capability.value, "reason": lacked.how}
            for begin, lacked in unseen.items()
        ]
    }


def unseen_in(history: History) -> Mapping[str, Measured]:
    """What the history says that nobody saw."""
    found: dict[str, Measured] = {}
    for record in history.by_name.get(UNSEEN, ()):
        rows = record.value.get("result") if isinstance(record.value, dict) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and row.get("type") in list(Capability):
                capability = Capability(str(row["type"]))
                found[str(row.get("title"))] = lack(capability, str(row.get("reason")))
    return found


def _texts(node: Any) -> list[str]:
    """Every text in a law's parameters: laws are data, and name the records that they read."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, Mapping):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list | tuple):
        return [text for value in node for text in _texts(value)]
    return []
