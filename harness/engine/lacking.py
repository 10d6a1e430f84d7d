"""What playing a scenario needs and a stage can't do: there it isn't played."""

from collections.abc import Mapping

from harness.engine.scenario import ScenarioUnit
from harness.model import Capability, HarnessError, Measured, Plan, Stage
from harness.targets import measured_of

_OURS = ("embedded", "localstack")
"""Targets that anybody can start, to be told of where another one doesn't do."""
_NO_FAULTS = Plan()


def needed(unit: ScenarioUnit, plan: Plan = _NO_FAULTS) -> frozenset[Capability]:
    """What the unit says it needs, and control of the stage where it draws faults or this plan has
    some: a story that may be told ``anywhere`` may not be told so with faults."""
    faulty = bool(plan.faults) or unit.scenario.faults is not None
    return frozenset((*unit.scenario.needs, *((Capability.CONTROL,) if faulty else ())))


def lacking(unit: ScenarioUnit, stage: Stage, plan: Plan = _NO_FAULTS) -> Mapping[Capability, str]:
    """Each capability that it needs and the stage lacks → why; empty where it can be played."""
    return {c: stage.lacks(c) for c in sorted(needed(unit, plan)) if not stage.can(c)}


def told(lacks: Mapping[Capability, str]) -> str:
    """What is lacking, in a line."""
    return "; ".join(f"{capability}: {why}" for capability, why in lacks.items())


def check_playable(unit: ScenarioUnit, stage: Stage, plan: Plan = _NO_FAULTS) -> None:
    """For whoever was asked for just this unit, and can't leave it out.

    Raises:
        HarnessError: the stage lacks something: what, why, and where it can be played.
    """
    refuse(unit, stage.target, lacking(unit, stage, plan))


def refuse(unit: ScenarioUnit, target: str, lacks: Mapping[Capability, str]) -> None:
    """Say so where something ``lacks`` on this target.

    Raises:
        HarnessError: something does.
    """
    if lacks:
        raise HarnessError(f"{unit.id} can't be played on {target}: {told(lacks)}", _mend(lacks))


def _mend(lacks: Mapping[Capability, str]) -> str:
    able = [target for target in _OURS if all(_has(measured_of(target), c) for c in lacks)]
    if not able:
        return f"Play it on a target that has {', '.join(lacks)}: none of ours does."
    return f"Play it on a stage of your own: --target {' or '.join(able)}."


def _has(measured: Mapping[Capability, Measured], capability: Capability) -> bool:
    known = measured.get(capability)
    return known is not None and known.has
