"""Which call of a recorded case each was, as a ``FaultBox`` would have counted them."""

from collections import Counter

from harness.model import PerKey


class Counting:
    """Numbers calls in their order: within their entity, whose further calls another entity's can
    neither hasten nor delay; a call that names none among all of the case's at its place."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def next(self, place: str, key: str | None) -> tuple[int, PerKey]:
        """The number of the next call at a place, from 1, and how it is counted."""
        self._counts[place, None] += 1
        if key is None:
            return self._counts[place, None], False
        self._counts[place, key] += 1
        return self._counts[place, key], "one"
