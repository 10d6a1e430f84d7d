"""The lanes of a search, started together and ended together."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from harness.model import HarnessError
from harness.search.lane import LaneStart, Main, run_lane
from harness.search.orders import Answer, Failed, Order, Warm

_GRACE = 25.0
"""Seconds that a lane has to take its stage down."""


@dataclass(eq=False)
class LaneProcess:
    """A lane, seen from here."""

    process: BaseProcess
    line: Connection
    busy: bool = True
    """Whether it has not yet answered to what it does: to bring its stage up, at first."""
    prepares: bool = True
    """Whether what it does, if it is busy, only makes it ready to explore."""

    def give(self, order: Order | None) -> None:
        """Send an order; None ends it when it is done with what it does.

        Raises:
            HarnessError: it is gone.
        """
        try:
            self.line.send(order)
        except OSError:
            raise _gone(self.process) from None
        self.busy = order is not None
        self.prepares = isinstance(order, Warm)

    def answer(self) -> Answer:
        """What it says next.

        Raises:
            HarnessError: it can't go on, or is gone.
        """
        try:
            answer: Answer = self.line.recv()
        except (EOFError, OSError):
            raise _gone(self.process) from None
        self.busy = False
        if isinstance(answer, Failed):
            raise HarnessError(answer.what, answer.mend)
        return answer


class Lanes:
    """A context manager: leaving it ends every lane, in the middle of what it does, and takes its
    stage down.

    Args:
        first: how many are started at once; all by default.
    """

    def __init__(
        self, starts: Sequence[LaneStart], main: Main = run_lane, *, first: int | None = None
    ) -> None:
        self._left = deque(starts)
        self._main = main
        self._context = _context()
        self.first = len(starts) if first is None else min(first, len(starts))
        self.all: list[LaneProcess] = []

    def __enter__(self) -> Self:
        for _ in range(self.first):
            self.more()
        return self

    def more(self) -> LaneProcess | None:
        """Start one more; None when there are no more."""
        if not self._left:
            return None
        start = self._left.popleft()
        ours, theirs = self._context.Pipe()
        name = f"lane {start.number}"
        process = self._context.Process(target=self._main, args=(start, theirs), name=name)
        process.start()
        theirs.close()
        self.all.append(LaneProcess(process, ours))
        return self.all[-1]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for lane in self.all:
            if kind is not None or lane.busy:
                lane.process.terminate()
            lane.line.close()
        for lane in self.all:
            lane.process.join(_GRACE)
            if lane.process.is_alive():
                lane.process.kill()
                lane.process.join()

    def said(self, seconds: float) -> Iterator[tuple[LaneProcess, Answer]]:
        """What lanes have to say, once one has something, or after so many seconds nothing.

        Raises:
            HarnessError: a lane can't go on.
        """
        by_line = {lane.line: lane for lane in self.all}
        for line in wait(list(by_line), seconds):
            lane = by_line[line]  # type: ignore[index]  # we gave it connections alone
            yield lane, lane.answer()


def _context() -> ForkServerContext | SpawnContext:
    """How lanes begin. A child forked from here would share our threads' locks; one forked from a
    server that has imported what lanes need, and has no threads, saves each of them seconds of a
    core."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([run_lane.__module__])
    return context


def _gone(process: BaseProcess) -> HarnessError:
    process.join(1)
    return HarnessError(
        f"{process.name} ended with {process.exitcode}",
        "See its log in the evidence folder; does the machine run out of memory? What was "
        "explored is kept: run it again to go on.",
    )
