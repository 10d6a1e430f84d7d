"""Proves that a serverless stage is fit to be promoted.

What scenarios use is here; the rooms behind it are described in ARCHITECTURE.md. Names are loaded
when they are first asked for: pytest imports this package in every environment it is installed in.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.clients import Step
    from harness.engine.conditions import Past, Reaches, Seen
    from harness.engine.scenario import Budget, scenario
    from harness.engine.stage import NotReached, Stage
    from harness.faults import Menu, Option, fault, plans
    from harness.model import Action, Capability, Fault, Plan, Point
    from harness.wire import AWS

_HOMES = {
    "harness.clients": ("Step",),
    "harness.engine.conditions": ("Past", "Reaches", "Seen"),
    "harness.engine.scenario": ("Budget", "scenario"),
    "harness.engine.stage": ("NotReached", "Stage"),
    "harness.faults": ("Menu", "Option", "fault", "plans"),
    "harness.model": ("Action", "Capability", "Fault", "Plan", "Point"),
    "harness.wire": ("AWS",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AWS",
    "Action",
    "Budget",
    "Capability",
    "Fault",
    "Menu",
    "NotReached",
    "Option",
    "Past",
    "Plan",
    "Point",
    "Reaches",
    "Seen",
    "Stage",
    "Step",
    "fault",
    "plans",
    "scenario",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
