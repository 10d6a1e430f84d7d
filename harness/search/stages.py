"""A lane's stage, and a fresh one after a case that broke something on it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Self

from harness.engine import ScenarioUnit, Session
from harness.engine.playing import Played
from harness.engine.runner import Failure
from harness.evidence import Replay
from harness.model import Plan

Open = Callable[[int], AbstractContextManager[Session]]
"""Brings up the lane's n-th stage while it is entered."""
Smallest = Mapping[str, tuple[object, Plan]]
"""What each story is played with: its work, and the plan of its own."""


class Stages:
    """Plays cases, one at a time. A context manager: leaving it takes the stage down.

    What broke a promise may have left more behind than the case's own records show: a breaker that
    never closes again breaks whatever comes after it. So nothing is judged on a stage that broke
    something, and what breaks again on a fresh one breaks by itself.
    """

    def __init__(self, open_: Open, smallest: Smallest) -> None:
        self._open = open_
        self._smallest = smallest
        self._held = ExitStack()
        self._number = 0
        self._broken = False
        self._cold: set[str] = set()
        self._played: set[str] = set()

    def __enter__(self) -> Self:
        self._bring_up()
        return self

    def __exit__(self, *exc: object) -> None:
        self._held.close()

    def play(self, unit: ScenarioUnit, case: str, work: object, plan: Plan) -> Played:
        """Play one case, on a stage on which nothing broke so far.

        Raises:
            HarnessError: no stage can be had, or the harness could not do its part.
        """
        if self._broken:
            self._held.close()
            self._cold = set(self._played)
            self._bring_up()
        if unit.id in self._cold:
            self._cold.discard(unit.id)
            self.session.play(unit, f"{unit.id}#warm{self._number}", *self._smallest[unit.id])
        self._played.add(unit.id)
        played = self.session.play(unit, case, work, plan)
        self._broken = bool(played.findings)
        return played

    def kept(self, unit: ScenarioUnit, failure: Failure) -> Replay:
        """A failing case as data."""
        return self.session.kept(unit, failure, searched=True)

    def mishaps(self) -> Sequence[str]:
        """What went wrong on the harness's side since this was last asked."""
        return self.session.mishaps()

    def _bring_up(self) -> None:
        self._number += 1
        self.session = self._held.enter_context(self._open(self._number))
        self._broken = False
