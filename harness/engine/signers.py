"""Operations that only a third party can call, where nobody signs in its name."""

from collections.abc import Mapping

from harness.engine.contract import ContractUnit
from harness.engine.stage import Stage
from harness.engine.unjudged import unjudged
from harness.model import Capability, UnitResult, UnknownKind
from harness.specs import OpenApi


def unsigned(
    unit: ContractUnit, api: OpenApi, signatures: Mapping[str, str], stage: Stage
) -> UnitResult | None:
    """``unknown(capability)`` for a unit whose requests a double would sign that isn't there.

    ``signatures`` are scheme → double. None for every other unit.
    """
    if unit.contract != "rest" or not unit.operation:
        return None
    absent = {scheme: d for scheme, d in signatures.items() if d in stage.absent}
    asked = api.operation(unit.operation).schemes & absent.keys()
    if not asked:
        return None
    who = ", ".join(sorted({absent[scheme] for scheme in asked}))
    why = f"only {who} signs such requests, and no double may stand in for it on somebody's stage"
    return unjudged(unit, UnknownKind.CAPABILITY, why, [Capability.CONTROL])
