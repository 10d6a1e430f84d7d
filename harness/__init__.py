"""Proves that a serverless stage is fit to be promoted.

What scenarios use is here; the rooms behind it are described in ARCHITECTURE.md.
"""

from harness.engine.conditions import Past, Reaches, Seen
from harness.engine.scenario import Budget, scenario
from harness.engine.stage import NotReached, Stage
from harness.faults import Menu, Option, plans
from harness.model import Action, Capability, Fault, Plan, Point

__all__ = [
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
    "plans",
    "scenario",
]
