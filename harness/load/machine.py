"""How busy the machine was: a load on a machine that is full says more of it than of the stage."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.model import Frozen

_STAT = Path("/proc/stat")


class Machine(Frozen):
    """The processors, over some time."""

    cores: int
    busy: float | None = None
    """Share of them that worked, of whatever process; None where it can't be told."""


@dataclass(frozen=True)
class Ticks:
    """What the kernel counted so far, of all cores."""

    worked: int
    idle: int


def ticks(read: Callable[[], str] = _STAT.read_text) -> Ticks | None:
    """What it counted until now; None where it doesn't say."""
    try:
        counted = [int(n) for n in read().split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    idle = sum(counted[3:5])
    return Ticks(sum(counted) - idle, idle)


def machine(before: Ticks | None, after: Ticks | None) -> Machine:
    """How busy it was in between."""
    cores = os.cpu_count() or 1
    if before is None or after is None:
        return Machine(cores=cores)
    worked, idle = after.worked - before.worked, after.idle - before.idle
    return Machine(cores=cores, busy=round(worked / max(1, worked + idle), 3))
