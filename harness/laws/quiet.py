"""A stage comes to rest: what a case began ends in time, whatever befell it."""

from typing import Literal

from harness.laws.base import SETTLED, BaseLaw, Tally
from harness.model import History, Judgement


class Quiet(BaseLaw):
    """After each case, faults healed, nothing is under way any more before time is up: queues are
    empty, streams are read, nothing is tried again for ever."""

    kind: Literal["quiet"] = "quiet"

    def judge(self, history: History) -> Judgement:
        """Read the engine's mark at the end of each case."""
        tally = Tally(self.name)
        for mark in history.by_name.get(SETTLED, ()):
            tally.saw += 1
            if not (isinstance(mark.value, dict) and mark.value.get("quiet")):
                tally.breach("busy", "The stage was still busy after the story ended", [mark])
        return tally.judgement("no case came to its end")


def quiet(*, name: str = "quiescence") -> Quiet:
    """Each case leaves the stage at rest."""
    return Quiet(name=name)
