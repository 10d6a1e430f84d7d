"""What can't be watched on a stage, and which laws are about that."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.engine.stage import Stage
from harness.laws import dump
from harness.model import Capability, Law, Measured, Unknown, UnknownKind

_FEEDS = {
    "queue.": Capability.QUEUE_PEEK,
    "bus.": Capability.BUS_TO_QUEUE,
    "topic.": Capability.TOPIC_TO_QUEUE,
}
"""What records of a feed begin with, and what the target must let us do to have them."""


def unseen_of(stage: Stage) -> Mapping[str, Measured]:
    """Beginning of records' names → what it would take to see them, and why it isn't had here."""
    deployed = stage.deployed
    unseen = {b: _lack(c, deployed.lacks(c)) for b, c in _FEEDS.items() if not deployed.can(c)}
    for blind in stage.observer.blind:
        unseen |= {name: _lack(blind.capability, blind.why) for name in blind.names}
    if not deployed.can(Capability.CONTROL):
        why = f"no double stands in here: {deployed.lacks(Capability.CONTROL)}"
        unseen |= {f"{name}.": _lack(Capability.CONTROL, why) for name in stage.absent}
    return unseen


def about(law: Law, unseen: Mapping[str, Measured]) -> Measured | None:
    """Why this law can't be judged; None where all that it names can be seen."""
    for name in _texts(dump(law)) if unseen else ():
        for begin, lack in unseen.items():
            if name.startswith(begin):
                return _lack(lack.capability, f"it is about {name}: {lack.how}")
    return None


def blinded(laws: Iterable[Law], stage: Stage) -> dict[str, Measured]:
    """The laws, by name, that are about what nobody sees here, and why.

    To them nothing ever happened: they would say so, and be wrong.
    """
    unseen = unseen_of(stage)
    return {law.name: lack for law in laws if (lack := about(law, unseen)) is not None}


def sighted(laws: Iterable[Law], stage: Stage) -> tuple[Law, ...]:
    """Those of the laws that can judge what is seen here."""
    some = tuple(laws)
    blind = blinded(some, stage)
    return tuple(law for law in some if law.name not in blind)


def unjudgeable(blind: Mapping[str, Measured], unit: str) -> tuple[Unknown, ...]:
    """What is said of blinded laws, in the unit that they would have judged."""
    return tuple(
        Unknown(
            kind=UnknownKind.CAPABILITY,
            what=name,
            why=lack.how,
            unit=unit,
            capabilities=(lack.capability,),
        )
        for name, lack in blind.items()
    )


def _lack(capability: Capability, why: str) -> Measured:
    return Measured(capability, has=False, how=why)


def _texts(node: Any) -> list[str]:
    """Every text in a law's parameters: laws are data, and name the records that they read."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, Mapping):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list | tuple):
        return [text for value in node for text in _texts(value)]
    return []
