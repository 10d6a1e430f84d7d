"""What can't be watched on a stage, and which laws are about that."""

from collections.abc import Iterable, Mapping

from harness.engine.stage import Stage
from harness.laws.sight import about, lack
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
    unseen = {b: lack(c, deployed.lacks(c)) for b, c in _FEEDS.items() if not deployed.can(c)}
    for blind in stage.observer.blind:
        unseen |= {name: lack(blind.capability, blind.why) for name in blind.names}
    if not deployed.can(Capability.CONTROL):
        why = f"no double stands in here: {deployed.lacks(Capability.CONTROL)}"
        unseen |= {f"{name}.": lack(Capability.CONTROL, why) for name in stage.absent}
    return unseen


def blinded(laws: Iterable[Law], stage: Stage) -> dict[str, Measured]:
    """The laws, by name, that are about what nobody sees here, and why.

    To them nothing ever happened: they would say so, and be wrong.
    """
    unseen = unseen_of(stage)
    return {law.name: why for law in laws if (why := about(law, unseen)) is not None}


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
            why=lacked.how,
            unit=unit,
            capabilities=(lacked.capability,),
        )
        for name, lacked in blind.items()
    )
