"""Runs one unit of a GraphQL contract to its result."""

import time
from collections.abc import Callable, Mapping

from harness.engine.contract.caller import NOBODY
from harness.engine.contract.cases import Cases
from harness.engine.contract.context import ContractContext
from harness.engine.contract.exchanges import Exchanges
from harness.engine.contract.graphql.answer_laws import Ground
from harness.engine.contract.graphql.asker import Asker
from harness.engine.contract.graphql.boundaries import run_boundaries
from harness.engine.contract.graphql.documents import run_documents
from harness.engine.contract.graphql.effects import nothing_more_written
from harness.engine.contract.graphql.examples import run_examples
from harness.engine.contract.graphql.generated import run_generated
from harness.engine.contract.graphql.selection import Selections
from harness.engine.contract.graphql.strangers import run_strangers
from harness.engine.contract.graphql.subscriptions import (
    run_subscribing,
    run_subscription_boundaries,
)
from harness.engine.contract.graphql.trial import Trial
from harness.engine.contract.graphql.values import Values
from harness.engine.contract.request import Fresh
from harness.engine.contract.result import result_of
from harness.engine.contract.units import ContractUnit
from harness.model import HarnessError, Identity, UnitKind, UnitResult

_RUNS: Mapping[UnitKind, Callable[[Trial], None]] = {
    "examples": run_examples,
    "boundaries": run_boundaries,
    "positive": run_generated,
    "negative": run_generated,
    "identities": run_strangers,
}
_SUBSCRIPTIONS: Mapping[UnitKind, Callable[[Trial], None]] = {
    "examples": run_subscribing,
    "boundaries": run_subscription_boundaries,
    "identities": run_strangers,
}


def run_graphql_unit(unit: ContractUnit, context: ContractContext) -> UnitResult:
    """Run a unit against a stage; every exchange lands in the history.

    Raises:
        HarnessError: the stage has no GraphQL address.
    """
    api = context.contracts.graphql
    if api is None or not context.graphql_url:
        raise HarnessError(
            "there is a GraphQL contract, but the stage has no address for it",
            "Name the stack's output in [contracts] graphql_url.",
        )
    start = time.monotonic()
    exchanges, cases = Exchanges(context, unit), Cases()
    ground = Ground(api, context.graphql, context.internals)
    with context.recorder.case(unit.id), Asker(exchanges, ground) as asker:
        if unit.operation:
            _run_field(asker, unit, cases)
        else:
            run_documents(asker, _customer(context), cases)
    return result_of(exchanges, cases, time.monotonic() - start)


def _run_field(asker: Asker, unit: ContractUnit, cases: Cases) -> None:
    context, api = asker.exchanges.context, asker.ground.api
    trial = Trial(
        asker,
        Values(asker, Fresh(context.recorder.header.run, unit.id)),
        Selections(api, depth=context.graphql.depth, keys=tuple(context.keys)),
        cases,
        api.field(unit.operation),
        _customer(context),
    )
    with nothing_more_written(trial):
        runs = _SUBSCRIPTIONS if trial.field.kind == "Subscription" else _RUNS
        runs[unit.kind](trial)


def _customer(context: ContractContext) -> Identity:
    return context.identities[0] if context.identities else NOBODY
