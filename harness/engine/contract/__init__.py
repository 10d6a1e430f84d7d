"""A contract's units, run against a stage: requests made, answers judged, exchanges recorded."""

from harness.engine.contract.context import ContractContext
from harness.engine.contract.units import ContractUnit, units_of
from harness.model import UnitResult

__all__ = ["ContractContext", "ContractUnit", "run_contract_unit", "units_of"]


def run_contract_unit(unit: ContractUnit, context: ContractContext) -> UnitResult:
    """Run a unit against a stage; every exchange lands in the history.

    Raises:
        HarnessError: the harness itself can't do it (a library of another version).
    """
    # Schemathesis takes two seconds to import: only who runs a unit pays for it.
    from harness.engine.contract.run import run_contract_unit as run  # noqa: PLC0415

    return run(unit, context)
