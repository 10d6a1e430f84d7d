"""Runs the part of a unit whose cases Schemathesis makes."""

from collections.abc import Mapping, Sequence

from schemathesis.core.failures import Failure

from harness.engine.contract.breaches import Breach
from harness.engine.contract.caller import NOBODY, Caller
from harness.engine.contract.cases import Cases
from harness.engine.contract.rest_exchanges import RestExchanges
from harness.engine.contract.schemathesis_adapter import Failed, Played, Stopped, play
from harness.engine.contract.transport import ListeningTransport
from harness.engine.contract.units import ContractUnit
from harness.engine.seeds import unit_seed
from harness.model import Identity, UnknownKind
from harness.specs import Operation
from harness.specs.credentials import Proof

_TITLES = {
    "not_a_server_error": "{label} answered {status}: the server failed",
    "status_code_conformance": "{label} answered {status}, which is not documented",
    "content_type_conformance": "{label} answered {status} as a media type that is not documented",
    "response_schema_conformance": "{label} answered {status} with a body that breaks its schema",
    "response_headers_conformance": "{label} answered {status} with headers off the contract",
    "positive_data_acceptance": "{label} refused a valid request with {status}",
    "negative_data_rejection": "{label} accepted an invalid request with {status}",
    "missing_required_header": "{label} answered {status} though a required header was missing",
    "ignored_auth": "{label} answered {status} without asking for its credentials",
    "use_after_free": "{label} answered {status} for something that was deleted",
    "ensure_resource_availability": "{label} answered {status} for something just created",
}
_FORM = frozenset(
    {"content_type_conformance", "response_schema_conformance", "response_headers_conformance"}
)


def run_generated(
    exchanges: RestExchanges, caller: Caller, identity: Identity, cases: Cases
) -> None:
    """Run Schemathesis' cases of the unit as this customer."""
    context, unit = exchanges.context, exchanges.unit
    who = caller_of(caller, unit, identity)
    transport = ListeningTransport(exchanges, caller, who, replace=unit.kind != "stateful")
    strange = not can_call(caller, unit, identity)
    if strange:
        exchanges.breaches.doubt(
            UnknownKind.NOTHING_SEEN, f"accepted requests of {unit.operation or 'sequences'}",
            "nobody has the credentials that it asks for: name [checks] identities with a token or "
            "an API key, or who signs in [checks.signatures]", unit.id,
        )  # fmt: skip
    sequences = 0
    for item in play(
        context.contracts.openapi, unit, context.base_url, transport,
        seed=unit_seed(context.seed, unit.id),
        examples=context.stateful if unit.kind == "stateful" else context.examples,
        authorization=f"Bearer {who.token}" if who.token is not None else None,
        timeout=context.timeout, strange=strange,
    ):  # fmt: skip
        if isinstance(item, Stopped):
            exchanges.breaches.doubt(
                UnknownKind.HARNESS_ERROR, item.label, _short(item.why), unit.id
            )
            continue
        sequences += 1
        _take(item, transport, exchanges, cases)
    if unit.kind == "stateful" and sequences < context.stateful:
        exchanges.breaches.doubt(
            UnknownKind.BUDGET, "stateful sequences",
            f"only {sequences} of {context.stateful} sequences were played", unit.id,
        )  # fmt: skip


def _take(
    played: Played, transport: ListeningTransport, exchanges: RestExchanges, cases: Cases
) -> None:
    chains = dict(played.chains)
    bad = {f.case for f in played.failed}
    for case in played.cases:
        if case in transport.prints:
            cases.add(_by_link(transport.prints[case], chains.get(case, ())))
            exchanges.context.case_ended(exchanges.unit.id, case not in bad)
    for failed in played.failed:
        _fail(failed, transport, exchanges)


def _fail(failed: Failed, transport: ListeningTransport, exchanges: RestExchanges) -> None:
    answer = transport.answers.get(failed.case)
    status = answer.status if answer else 0
    if answer:
        lack = exchanges.excuse(answer, form=failed.check in _FORM)
        if lack is not None:
            exchanges.excused(failed.check, failed.operation, answer, lack)
            return
    title = _TITLES.get(failed.check, "{label}: " + failed.failure.title.lower())
    exchanges.breaches.add(
        Breach(
            failed.check, failed.operation, f"{status} {_subject(failed)}".strip(),
            title.format(label=failed.operation, status=status),
            failed.failure.message.strip(), answer.seen if answer else None,
        )
    )  # fmt: skip


def _subject(failed: Failed) -> str:
    """What makes two failures of a check the same one, apart from the status."""
    if failed.check == "response_schema_conformance":
        # Which member of a list it is depends on what was there.
        path = getattr(failed.failure, "instance_path", ()) or ()
        return "/".join("*" if isinstance(p, int) else str(p) for p in path)
    if failed.check == "response_headers_conformance":
        return failed.failure.title
    return "" if failed.check in _TITLES else type_of(failed.failure)


def type_of(failure: Failure) -> str:
    """The kind of failure, stable over messages."""
    return type(failure).__name__


def _by_link(print_: list[object], chain: tuple[str, ...]) -> list[object]:
    """A sequence's step, the values that its link gave under the link's name."""
    if not chain:
        return print_
    link, *filled = chain
    names = {f.partition(".")[2] for f in filled}
    return [
        {k: f"<{link}>" if k in names else v for k, v in part.items()}
        if isinstance(part, dict) else part
        for part in print_
    ] + [link]  # fmt: skip


def caller_of(caller: Caller, unit: ContractUnit, identity: Identity) -> Identity:
    """The customer, where the unit's operation asks who calls; else nobody."""
    asked = {proof for o in _operations(caller, unit) for proof in caller.credentials.asked(o)}
    return identity if asked & {"token", "key"} else NOBODY


def can_call(caller: Caller, unit: ContractUnit, identity: Identity) -> bool:
    """Whether requests of the unit's operation can be accepted at all: somebody has what one of the
    ways in takes, or nobody needs to. Of sequences, those of some operation that asks."""
    operations = _operations(caller, unit)
    asking = [o for o in operations if caller.credentials.asked(o) & {"token", "key"}]
    return any(_lets_in(caller, o, identity) for o in asking or operations)


def _operations(caller: Caller, unit: ContractUnit) -> Sequence[Operation]:
    return [caller.api.operation(unit.operation)] if unit.operation else caller.api.operations


def _lets_in(caller: Caller, operation: Operation, identity: Identity) -> bool:
    signers = caller.exchanges.context.signatures
    signatures = caller.signature_headers(operation).values()
    has: Mapping[Proof, bool] = {
        "token": identity.token is not None,
        "key": identity.api_key is not None,
        "signature": all(scheme in signers for scheme in signatures),
        "other": False,
    }
    ways = caller.credentials.alternatives(operation)
    return not ways or any(all(has[proof] for proof in way) for way in ways)


def _short(text: str) -> str:
    return text if len(text) <= 400 else text[:399] + "…"
