"""In which order units are run when several stages run them side by side."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


class Manner(Enum):
    """What running a unit is like for the stage and the machine."""

    WAITS = "waits"
    """A scenario: most of its time it waits for the stage."""
    READS = "reads"
    """Keeps the machine busy, and leaves the stage as it was."""
    LEAVES = "leaves"
    """Busy, too, and leaves entities behind that nobody goes on with: a stage that has to look
    after hundreds of them is slow to settle, so no scenario comes after it."""


def dealt(items: Sequence[T], hands: int, manner: Callable[[T], Manner]) -> list[T]:
    """The same items, in an order for ``hands`` workers who each take an equal run of it."""
    return [item for hand in hands_of(items, hands, manner) for item in hand]


def hands_of(items: Sequence[T], hands: int, manner: Callable[[T], Manner]) -> list[list[T]]:
    """What each worker gets, in order.

    The first worker begins with scenarios and gets twice as many of them; the others first read,
    so that a worker's busy time falls into the time in which another waits. Short units come last:
    whoever is done first takes some of them over.
    """
    turns = [0, *range(hands)]
    waiting, reading, leaving = ([i for i in items if manner(i) is each] for each in Manner)
    dealt: list[list[T]] = []
    for hand in range(hands):
        mine = [item for at, item in enumerate(waiting) if turns[at % len(turns)] == hand]
        size = len(items) * (hand + 1) // hands - sum(map(len, dealt))
        room = max(0, size - len(mine))
        before = _take(reading, room) if hand else []
        after = _take(leaving, room - len(before))
        more = _take(reading, room - len(before) - len(after))
        dealt.append([*before, *mine, *after, *more])
    dealt[-1] += [*reading, *leaving]
    return dealt


def _take(items: list[T], most: int) -> list[T]:
    """The first of them, which are then gone from there."""
    taken = items[:most]
    del items[:most]
    return taken
