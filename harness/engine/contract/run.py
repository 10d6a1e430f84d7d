"""Runs one unit of a contract to its result."""

import time

from harness.engine.contract.caller import NOBODY, Caller
from harness.engine.contract.cases import Cases
from harness.engine.contract.context import ContractContext
from harness.engine.contract.edges import run_edges
from harness.engine.contract.generated import caller_of, can_call, run_generated
from harness.engine.contract.graphql.run import run_graphql_unit
from harness.engine.contract.probe import Probing
from harness.engine.contract.rest_exchanges import RestExchanges
from harness.engine.contract.result import result_of
from harness.engine.contract.strangers import run_strangers
from harness.engine.contract.units import ContractUnit
from harness.model import Identity, UnitResult


def run_contract_unit(unit: ContractUnit, context: ContractContext) -> UnitResult:
    """Run a unit against a stage; every exchange lands in the history.

    Raises:
        HarnessError: the harness itself can't do it (a library of another version).
    """
    if unit.contract == "graphql":
        return run_graphql_unit(unit, context)
    start = time.monotonic()
    exchanges = RestExchanges(context, unit)
    cases = Cases()
    identity = _customer(unit, context)
    with context.recorder.case(unit.id), Caller(exchanges) as caller:
        probing = Probing(caller, cases, caller_of(caller, unit, identity))
        if unit.kind != "identities":
            run_generated(exchanges, caller, identity, cases)
        if unit.operation and unit.kind == "boundaries" and can_call(caller, unit, identity):
            run_edges(probing, context.contracts.openapi.operation(unit.operation), context.limited)
        if unit.operation and unit.kind == "identities":
            run_strangers(probing, context.contracts.openapi.operation(unit.operation))
    return result_of(exchanges, cases, time.monotonic() - start)


def _customer(unit: ContractUnit, context: ContractContext) -> Identity:
    """Who makes the unit's requests.

    Sequences follow what lists show, so they are a third customer's where there is one: what
    other units left behind, here or on another worker's stage, then doesn't change them.
    """
    if not context.identities:
        return NOBODY
    return context.identities[2 if unit.kind == "stateful" and len(context.identities) > 2 else 0]
