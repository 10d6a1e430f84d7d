"""Runs a unit on a stage, heals, settles, judges."""

from harness.engine.conditions import Condition, Past, Reaches, Seen
from harness.engine.loop import Loop
from harness.engine.scenario import Budget, Scenario, ScenarioUnit, scenario
from harness.engine.session import Project, Session
from harness.engine.stage import NotReached, Stage

__all__ = [
    "Budget",
    "Condition",
    "Loop",
    "NotReached",
    "Past",
    "Project",
    "Reaches",
    "Scenario",
    "ScenarioUnit",
    "Seen",
    "Session",
    "Stage",
    "scenario",
]
