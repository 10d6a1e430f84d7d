"""The one place that knows how Schemathesis is run.

``schemathesis.engine`` is no documented API, so its version is pinned and nothing else of the
harness imports it. Cases depend on the seed and the contract alone: whatever Schemathesis would
learn from answers, from earlier runs or from what the target tolerates is switched off.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events
from schemathesis.engine.core import Engine
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import Phase, PhaseName, PhaseSkipReason

from harness.engine.contract.determinism import no_local_constants
from harness.engine.contract.graphql.scalars import ANY, SCALARS
from harness.engine.contract.transport import ListeningTransport
from harness.engine.contract.units import ContractUnit
from harness.model import UnitKind
from harness.specs import GraphQl, OpenApi, Operation, RootField

PHASES: Mapping[UnitKind, tuple[str, str]] = {
    "examples": ("examples", "positive"),
    "boundaries": ("coverage", "all"),
    "positive": ("fuzzing", "positive"),
    "negative": ("fuzzing", "negative"),
    "stateful": ("stateful", "all"),
}
"""Kind of unit → Schemathesis' phase and mode of generation."""

_GRAPHQL_CHECKS = (
    "not_a_server_error", "response_schema_conformance", "positive_data_acceptance",
    "negative_data_rejection",
)  # fmt: skip

# A request that is valid by itself may still meet a state that refuses it.
_STATE_REFUSES = ["404", "409", "429"]


@dataclass(frozen=True)
class Failed:
    """One failed check of one case."""

    check: str
    case: str
    operation: str
    failure: Failure


@dataclass(frozen=True)
class Played:
    """One of Schemathesis' scenarios: all cases of an operation, or one sequence."""

    cases: tuple[str, ...]
    """The drawn ones, not those that checks made, in order."""
    chains: tuple[tuple[str, tuple[str, ...]], ...]
    """Sequence steps: case → its link and the places that the link filled."""
    failed: tuple[Failed, ...]


@dataclass(frozen=True)
class Stopped:
    """Schemathesis could not go on with something."""

    label: str
    why: str


class _QuietEngine(Engine):
    """Without the probing requests: what they find out changes the cases by target."""

    __slots__ = ()

    def get_phase_config(self, phase_name: PhaseName, **kwargs: Any) -> Phase:
        if phase_name is PhaseName.PROBING:
            return Phase(phase_name, is_enabled=False, skip_reason=PhaseSkipReason.DISABLED)
        return super().get_phase_config(phase_name, **kwargs)


def play(
    api: OpenApi, unit: ContractUnit, base_url: str, transport: ListeningTransport,
    *, seed: int, examples: int, authorization: str | None, timeout: float, strange: bool,
) -> Iterator[Played | Stopped]:  # fmt: skip
    """Run a unit's cases. Each item comes when its cases have been sent and checked."""
    operation = api.operation(unit.operation) if unit.operation else None
    settings = configuration(
        unit.kind, operation, base_url=base_url, seed=seed, examples=examples,
        authorization=authorization, timeout=timeout, strange=strange,
    )  # fmt: skip
    schema: Any = schemathesis.openapi.from_dict(
        deepcopy(dict(api.raw)), config=SchemathesisConfig.from_dict(settings)
    )
    schema.__class__ = _listened(type(schema), transport)
    # What the probes might find is assumed, so that it is the same everywhere.
    schema.adapt_to_null_byte_in_header_failure()
    schema.adapt_to_path_decoder_rejection()
    if operation is not None:
        schema = schema.include(path=operation.path, method=operation.method)
    yield from _executed(schema)


def play_graphql(
    api: GraphQl, field: RootField, kind: UnitKind, url: str, transport: Any,
    *, seed: int, examples: int, timeout: float,
) -> Iterator[Played | Stopped]:  # fmt: skip
    """Run the drawn documents of a field; ``transport`` sends, and judges by itself.

    Schemathesis' own checks don't know AppSync's errors.
    """
    settings = _settings("fuzzing", PHASES[kind][1], url, seed, examples, timeout)
    settings["checks"] = {name: {"enabled": False} for name in _GRAPHQL_CHECKS}
    for name in api.own_scalars:
        schemathesis.graphql.scalar(name, SCALARS.get(name, ANY))
    schema: Any = schemathesis.graphql.from_dict(
        dict(api.introspection), config=SchemathesisConfig.from_dict(settings)
    )
    schema.__class__ = _listened(type(schema), transport)
    yield from _executed(schema.include(name=field.label))


def _executed(schema: Any) -> Iterator[Played | Stopped]:
    with no_local_constants():
        for event in _QuietEngine(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                yield _played(event.recorder)
            elif isinstance(event, events.NonFatalError):
                yield Stopped(event.label, f"{event.info.title}: {event.info.message}".strip())
            elif isinstance(event, events.FatalError):
                yield Stopped("Schemathesis", repr(event.exception))
            elif isinstance(event, events.Interrupted):
                raise KeyboardInterrupt


def configuration(
    kind: UnitKind, operation: Operation | None, *, base_url: str, seed: int, examples: int,
    authorization: str | None, timeout: float, strange: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Schemathesis' configuration for a unit.

    ``strange``: nobody has the credentials that the operation asks for.
    """
    phase, mode = PHASES[kind]
    result = _settings(phase, mode, base_url, seed, examples, timeout)
    result["checks"] = _checks(operation, strange=strange)
    if authorization is not None:
        result["headers"] = {"Authorization": authorization}
    return result


def _settings(
    phase: str, mode: str, base_url: str, seed: int, examples: int, timeout: float
) -> dict[str, Any]:
    off = {"enabled": False}
    phases: dict[str, Any] = {
        "examples": {**off, "fill-missing": True, "extra-data-sources": {"responses": False}},
        # API Gateway has no 405: a method without a route is a missing token to it.
        "coverage": {**off, "unexpected-methods": [], "extra-data-sources": {"responses": False}},
        "fuzzing": {
            **off, "operation-ordering": "none", "extra-data-sources": {"responses": False},
            "error-feedback": {"enabled": False},
        },
        "stateful": {**off, "inference": {"algorithms": []}, "link-calibration": False},
    }  # fmt: skip
    phases[phase] |= {"enabled": True}
    return {
        "seed": seed % 2**32,
        "base-url": base_url,
        "cache": {"enabled": False},
        "continue-on-failure": True,
        "workers": 1,
        "request-timeout": timeout,
        "request-retries": 0,
        "max-redirects": 0,
        "suppress-health-check": ["all"],
        "generation": {
            "database": "none", "max-examples": examples, "mode": mode, "no-shrink": True,
            "with-security-parameters": False, "allow-x00": False,
        },
        "phases": phases,
    }  # fmt: skip


def _checks(operation: Operation | None, *, strange: bool) -> dict[str, Any]:
    refused = list(_STATE_REFUSES)
    if operation is None or operation.idempotent:
        refused.append("422")  # a key that came before with another body
    if operation is None or strange:
        refused += ["401", "403"]
    return {
        # It asks twice more for each case; the identities units ask the same of every operation.
        "ignored_auth": {"enabled": False},
        "unsupported_method": {"enabled": False},
        "positive_data_acceptance": {"expected-statuses": ["2xx", *refused]},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "406", "413", "415", "422", "429"]
        },
    }


def _listened(kind: type, transport: ListeningTransport) -> type:
    """The schema's own class, sending through ``transport``; its clones do, too."""
    return type(kind.__name__, (kind,), {"transport": transport, "__slots__": ()})


def _played(recorder: ScenarioRecorder) -> Played:
    drawn = tuple(
        id_ for id_, node in recorder.cases.items()
        if node.parent_id is None or node.transition is not None
    )  # fmt: skip
    chains = tuple(
        (
            id_,
            (
                node.transition.id,
                *(f"{place}.{name}" for place, values in node.transition.parameters.items()
                  for name in values),
            ),
        )
        for id_, node in recorder.cases.items()
        if node.transition is not None
    )  # fmt: skip
    failed = tuple(
        Failed(
            check.name, check.failure_info.failure.case_id or id_,
            recorder.cases[id_].value.operation.label if id_ in recorder.cases else recorder.label,
            check.failure_info.failure,
        )
        for id_, checks in recorder.checks.items()
        for check in checks
        if check.failure_info is not None
    )  # fmt: skip
    return Played(drawn, chains, failed)
