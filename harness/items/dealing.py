"""In which order units are run when several stages run them side by side."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def dealt(items: Sequence[T], hands: int, waits: Callable[[T], bool]) -> list[T]:
    """The same items, in an order that serves ``hands`` workers who each take an equal run of it.

    Those that mostly wait (scenarios) are dealt out one by one and come first in each hand, so
    that a worker's busy half falls into the time in which another waits.
    """
    waiting = [item for item in items if waits(item)]
    busy = [item for item in items if not waits(item)]
    order: list[T] = []
    for hand in range(hands):
        end = len(items) * (hand + 1) // hands
        mine = waiting[hand::hands]
        take = max(0, end - len(order) - len(mine))
        order += [*mine, *busy[:take]]
        busy = busy[take:]
    return order + busy
