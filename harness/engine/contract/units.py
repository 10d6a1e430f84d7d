"""The units of the contracts: an operation and a kind of check each, and one for sequences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.model import Capability, UnitKind
from harness.specs import Contracts, GraphQl, Operation, RootField

PER_OPERATION: tuple[UnitKind, ...] = (
    "examples", "boundaries", "positive", "negative", "identities",
)  # fmt: skip

_TITLES = {
    "examples": "the contract's own examples",
    "boundaries": "values and requests at the edge of what is allowed",
    "positive": "drawn valid requests",
    "negative": "drawn invalid requests",
    "identities": "strangers, forged credentials and other customers",
    "stateful": "sequences of linked operations",
}
_INVALID: tuple[UnitKind, ...] = ("boundaries", "negative", "stateful")
"""Kinds that ask for what isn't allowed, too."""
_SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing: RFC 9110, 9.2.1."""


@dataclass(frozen=True)
class ContractUnit:
    """What is run and judged by itself. ``operation`` is its id; empty for sequences."""

    id: str
    operation: str
    kind: UnitKind
    title: str
    select: str
    """The expression for ``-k`` that selects it."""
    contract: Literal["rest", "graphql"] = "rest"
    reads: bool = False
    """Whether all it asks for is to be shown something: the stage stays as it was."""

    @property
    def leans(self) -> tuple[Capability, ...]:
        """What its answers depend on: an invalid request is refused by a gateway that validates
        before anything else is looked at, and by a function in the function's own order."""
        invalid = self.contract == "rest" and self.kind in _INVALID
        return (Capability.REQUEST_VALIDATION,) if invalid else ()


def units_of(contracts: Contracts) -> tuple[ContractUnit, ...]:
    """Every unit, in the order of the contracts."""
    graphql = graphql_units(contracts.graphql) if contracts.graphql else ()
    return (*_units(contracts), *graphql)


def _units(contracts: Contracts) -> Iterator[ContractUnit]:
    api = contracts.openapi
    for operation in api.operations:
        for kind in PER_OPERATION:
            if _applies(operation, kind):
                yield ContractUnit(
                    f"{api.file}::{operation.label}::{kind}", operation.id, kind,
                    f"{operation.label}: {_TITLES[kind]}", f"{operation.id} and {kind}",
                    reads=operation.method in _SAFE,
                )  # fmt: skip
    if api.links:
        yield ContractUnit(
            f"{api.file}::stateful", "", "stateful", _TITLES["stateful"].capitalize(), "stateful"
        )


def _applies(operation: Operation, kind: UnitKind) -> bool:
    if kind == "identities":
        return bool(operation.schemes)
    if kind == "negative":
        return bool(operation.parameters or operation.body)
    return True


DOCUMENTS = "documents"
"""The unit of what is the same for every field: requests that hold no proper document."""


def graphql_units(api: GraphQl) -> Iterator[ContractUnit]:
    """Every unit of a GraphQL schema, in its order."""
    for field in api.fields:
        for kind in _kinds(field):
            yield ContractUnit(
                f"{api.file}::{field.label}::{kind}", field.label, kind,
                f"{field.label}: {_TITLES[kind]}", f"{field.label}:{kind}", "graphql",
                reads=field.kind == "Query",
            )  # fmt: skip
    yield ContractUnit(
        f"{api.file}::{DOCUMENTS}::boundaries", "", "boundaries",
        "GraphQL: requests that hold no proper document", f"{DOCUMENTS}:boundaries", "graphql",
    )  # fmt: skip


def _kinds(field: RootField) -> tuple[UnitKind, ...]:
    if field.for_systems:
        return ("identities",)
    if field.kind == "Subscription":
        return ("examples", "boundaries", "identities")
    return tuple(k for k in PER_OPERATION if k != "negative" or field.definition.args)
