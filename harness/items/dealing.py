"""Which worker runs which unit next, when several stages run them side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScheduling  # type: ignore[import-untyped]
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

PLAN = "plan.json"
"""In the evidence folder: the manner of each item, as the workers wrote it when they collected."""


class Manner(StrEnum):
    """What running a unit is like for the stage and the machine."""

    WAITS = "waits"
    """A scenario: most of its time it waits for the stage."""
    FOLLOWS = "follows"
    """Takes up what scenarios on the same stage left behind."""
    LEAVES = "leaves"
    """Keeps the machine busy, and leaves entities behind that nobody goes on with: a stage that has
    to look after hundreds of them is slow to settle, so scenarios come before."""
    READS = "reads"
    """Busy, too, and leaves the stage as it was."""


FIRST = (Manner.WAITS, Manner.FOLLOWS, Manner.LEAVES, Manner.READS)
"""What the first worker prefers. What follows scenarios is its alone: it ran the most of them."""
OTHERS = (Manner.READS, Manner.WAITS, Manner.LEAVES)
"""They first read, so that their busy time falls into the time in which the first one waits."""
NOW = (Manner.WAITS, Manner.READS, Manner.LEAVES)
"""What they prefer when there is little left to read: each keeps some to come after a scenario."""


def preferred(
    pending: Sequence[int], manners: Sequence[Manner], order: Sequence[Manner]
) -> int | None:
    """Which of the pending units (indices into ``manners``) comes next; None when none suits."""
    suiting = [at for at in pending if manners[at] in order]
    return min(suiting, key=lambda at: order.index(manners[at]), default=None)


def order_of(left: Sequence[Manner], *, first: bool, behind: Manner | None) -> tuple[Manner, ...]:
    """What a worker prefers of the units that are left.

    Args:
        behind: what it does before; None when that is nothing. A worker is told its next unit
            when it begins one, so a scenario behind a scenario would wait for one worker while
            another that is free has to take something else.
    """
    if first:
        return FIRST
    scarce = left.count(Manner.READS) <= left.count(Manner.WAITS)
    return NOW if scarce and behind is not Manner.WAITS else OTHERS


class Dealer:
    """Registered where xdist's workers are controlled."""

    def __init__(self, folder: str) -> None:
        self._plan = Path(folder) / PLAN

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> Dealing:
        """Instead of what xdist's own ``--dist`` names."""
        return Dealing(config, log, self._plan)


class Dealing(LoadScheduling):  # type: ignore[misc]
    """Deals units out one by one, as workers get free: the short ones come last and even it out."""

    def __init__(self, config: pytest.Config, log: Producer, plan: Path) -> None:
        super().__init__(config, log)
        self.maxschedchunk = 1
        self._plan = plan
        self._manners: list[Manner] = []

    def _send_tests(self, node: WorkerController, num: int) -> None:
        """The next for this worker; a worker for whom there is nothing more goes home."""
        if not self._manners:
            plan = json.loads(self._plan.read_text(encoding="utf-8"))
            self._manners = [Manner(plan[each]) for each in self.collection]
        first, held = node is self.nodes[0], self.node2pending[node]
        # A worker begins with a unit only when it knows what comes after.
        for _ in range(max(num, 2 - len(held))):
            left = [self._manners[at] for at in self.pending]
            behind = self._manners[held[-1]] if held else None
            order = order_of(left, first=first, behind=behind)
            chosen = preferred(self.pending, self._manners, order)
            if chosen is None:
                node.shutdown()
                return
            self.pending.remove(chosen)
            held.append(chosen)
            node.send_runtest_some([chosen])
