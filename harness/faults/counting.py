"""Which call of a recorded case each was, as a ``FaultBox`` would have counted them."""

from collections import Counter
from typing import NamedTuple

from harness.model import PerKey


class Counted(NamedTuple):
    """Which call it was, from 1."""

    nth: int
    """Within its entity, whose calls another's can neither hasten nor delay; a call that names no
    entity is counted within the case."""
    per_key: PerKey
    in_case: int


class Counting:
    """Numbers calls in their order, by place; ``key`` is the entity that a call names, if any."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def next(self, place: str, key: str | None) -> Counted:
        """The next call at a place."""
        self._counts[place, None] += 1
        in_case = self._counts[place, None]
        if key is None:
            return Counted(in_case, False, in_case)
        self._counts[place, key] += 1
        return Counted(self._counts[place, key], "one", in_case)
