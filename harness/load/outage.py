"""A third party that is down for a while in the middle of a load."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from harness.engine import Stage
from harness.faults import Menu
from harness.load.errors import LoadError
from harness.model import Action, Fault, Frozen, Point

BEGINS, ENDS = 0.3, 0.7
"""Shares of the journeys at which it begins and ends."""
_STATUS = 503


class Outage(Frozen):
    """Which one is down, and for how long at most: customers who wait begin nothing new, so that a
    share of the journeys alone might never be reached."""

    service: str
    seconds: float = 20.0


def faults_of(service: str, menus: Mapping[str, Menu]) -> tuple[Fault, ...]:
    """Every operation that the double can fail, failed each time as by a service that is down.

    Raises:
        LoadError: there is no such double, or it can't fail.
    """
    menu = menus.get(service)
    down = [] if menu is None else [o for o in menu.options if o.action.do == "error"]
    if not down:
        near = difflib.get_close_matches(service, list(menus), n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise LoadError(
            f"--outage {service}: no double of that name can be down{meant}",
            f"There are: {', '.join(menus) or 'none'}.",
        )
    operations = dict.fromkeys(option.operation for option in down)
    action = Action(do="error", status=_STATUS)
    return tuple(
        Fault(at=Point(service=service, operation=name), nth="every", do=action)
        for name in operations
    )


@dataclass
class Course:
    """An outage that takes its course while journeys begin."""

    outage: Outage
    faults: tuple[Fault, ...]
    began: float | None = None
    """On the clock of the records; None before it."""
    ended: float | None = None

    def look(self, stage: Stage, share: float) -> None:
        """Begin or end it, if it is time; ``share`` of the journeys have begun."""
        now = stage.recorder.now()
        if self.began is None and share >= BEGINS:
            stage.inject(*self.faults)
            self.began = now
        elif self.began is not None and (share >= ENDS or now >= self.began + self.outage.seconds):
            self.end(stage)

    def end(self, stage: Stage) -> None:
        """It is over, whatever was reached."""
        if self.began is not None and self.ended is None:
            stage.heal()
            self.ended = stage.recorder.now()
