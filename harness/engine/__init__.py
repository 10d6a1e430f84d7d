"""Runs a unit on a stage, heals, settles, judges."""

from harness.engine.conditions import Condition, Past, Reaches, Seen
from harness.engine.loop import Loop
from harness.engine.project import Project
from harness.engine.run import Run
from harness.engine.scenario import Budget, Scenario, ScenarioUnit, scenario
from harness.engine.session import Session
from harness.engine.stage import NotReached, Stage

__all__ = [
    "Budget",
    "Condition",
    "Loop",
    "NotReached",
    "Past",
    "Project",
    "Reaches",
    "Run",
    "Scenario",
    "ScenarioUnit",
    "Seen",
    "Session",
    "Stage",
    "scenario",
]
