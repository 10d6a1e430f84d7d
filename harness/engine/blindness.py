"""What can't be watched on a stage, and which laws are about that."""

from collections.abc import Mapping
from typing import Any

from harness.engine.stage import Stage
from harness.laws import dump
from harness.model import Capability, Law

_FEEDS = {
    "queue.": Capability.QUEUE_PEEK,
    "bus.": Capability.BUS_TO_QUEUE,
    "topic.": Capability.TOPIC_TO_QUEUE,
}
"""What records of a feed begin with, and what the target must let us do to have them."""


def unseen_of(stage: Stage) -> Mapping[str, str]:
    """Beginning of records' names → why none of them is ever seen on this stage."""
    deployed = stage.deployed
    feeds = {begin: deployed.lacks(c) for begin, c in _FEEDS.items() if not deployed.can(c)}
    if deployed.can(Capability.CONTROL):
        return feeds
    why = deployed.lacks(Capability.CONTROL)
    return {**feeds, **{f"{name}.": f"no double stands in here: {why}" for name in stage.absent}}


def about(law: Law, unseen: Mapping[str, str]) -> str | None:
    """Why this law can't be judged; None where all that it names can be seen."""
    for name in _texts(dump(law)):
        for begin, why in unseen.items():
            if name.startswith(begin):
                return f"it is about {name}: {why}"
    return None


def _texts(node: Any) -> list[str]:
    """Every text in a law's parameters: laws are data, and name the records that they read."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, Mapping):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list | tuple):
        return [text for value in node for text in _texts(value)]
    return []
