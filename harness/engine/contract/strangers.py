"""Who may not: no credentials, forged ones, and other customers.

Generated from the contract: its security schemes, ``x-owned-by``, and the links that lead from
what a customer makes to what reads or changes it.
"""

from dataclasses import replace

from harness.engine.contract import callers
from harness.engine.contract.caller import NOBODY
from harness.engine.contract.foreigners import foreigners, run_foreigner
from harness.engine.contract.probe import Probing, documented
from harness.engine.contract.request import Request
from harness.model import Identity, UnknownKind
from harness.specs import Operation

_FORGED_SIGNATURE = "0" * 128
_MADE_UP_KEY = "nobodys-key-" + "0" * 28
"""As long as API Gateway's are."""
_TURNED_AWAY = ("401", "403", "404")


def run_strangers(probing: Probing, operation: Operation) -> None:
    """Every stranger that applies to the operation."""
    context = probing.caller.exchanges.context
    request = probing.caller.request(operation, probing.identity)
    if request is None:
        probing.caller.exchanges.breaches.doubt(
            UnknownKind.NOTHING_SEEN, operation.label,
            "no valid request could be made: give its required values examples or links to them",
            probing.caller.exchanges.unit.id,
        )  # fmt: skip
        return
    if probing.caller.signature_headers(operation):
        _unsigned(probing, request)
        _let_in(probing, request)
        return
    asked = probing.caller.credentials.asked(operation)
    if "token" in asked or "key" not in asked:
        _without_token(probing, request)
    if "key" in asked:
        _without_key(probing, request)
    if operation.owned:
        for foreigner in foreigners(context, probing.identity):
            run_foreigner(probing, operation, request, foreigner)
    _let_in(probing, request)  # last: it may use up what the others were not to touch
    due = callers.strangers_to(
        context, owned=operation.owned and _can_be_anothers(operation), tokens="token" in asked
    )
    callers.no_hole(probing.caller.exchanges, operation.label, due)


def _can_be_anothers(operation: Operation) -> bool:
    """Whether there is something of the owner's to ask for: what a request makes without an
    idempotency key is whoever's asks."""
    named = any(p.place == "path" for p in operation.parameters)
    return named or operation.method == "GET" or operation.idempotent


def _let_in(probing: Probing, request: Request) -> None:
    """Good credentials aren't turned away, and their owner finds what they own."""
    accepted = {s for s in request.operation.responses if s not in _TURNED_AWAY}
    probing.probe(
        "authentication", f"the good credentials of {probing.identity.name}",
        probing.caller.again(request), accepted or {"2XX"}, who=callers.OWNER,
    )  # fmt: skip


def _without_token(probing: Probing, request: Request) -> None:
    context, again = probing.caller.exchanges.context, probing.caller.again
    keyed = "key" in probing.caller.credentials.asked(request.operation)
    refusals = ("401", "403") if keyed else ("401",)  # API Gateway refuses keys with 403
    expected = documented(request, *refusals, otherwise=("401", "403"))
    # Where both are asked for, the right key leaves it to the token that is missing.
    both = probing.caller.credentials.beside(request.operation, "token", "key")
    key = probing.identity.api_key if both else None

    def refused(
        who: str, what: str, authorization: str | None, identity: Identity = NOBODY
    ) -> None:
        changed = again(request)
        if authorization is not None:
            changed = changed.with_header("Authorization", authorization)
        stranger = replace(identity, api_key=key)
        probing.probe("authentication", what, changed, expected, identity=stranger, who=who)

    refused(callers.NOBODY, "a request without a token", None)
    refused(callers.MALFORMED, "a malformed token", "Bearer not.a.token")
    for kind, identity in context.forged.items():
        refused(kind, f"a token that is forged ({kind})", None, identity)


def _without_key(probing: Probing, request: Request) -> None:
    expected = documented(request, "401", "403", otherwise=("401", "403"))
    credentials, owner = probing.caller.credentials, probing.identity
    both = credentials.beside(request.operation, "key", "token")
    stranger = replace(NOBODY, token=owner.token if both else None)
    probing.probe(
        "authentication", "a request without an API key", probing.caller.again(request), expected,
        identity=stranger, who=callers.NOBODY,
    )  # fmt: skip
    for header in credentials.headers(request.operation, "key"):
        made_up = probing.caller.again(request).with_header(header, _MADE_UP_KEY)
        probing.probe(
            "authentication", "an API key that nobody gave out", made_up, expected,
            identity=stranger, who=callers.MALFORMED,
        )  # fmt: skip


def _unsigned(probing: Probing, request: Request) -> None:
    expected = documented(request, "401", otherwise=("401", "403"))
    probing.probe(
        "authentication", "an unsigned body", request, expected, signed=False, who=callers.NOBODY
    )
    for header in probing.caller.signature_headers(request.operation):
        forged = request.with_header(header, _FORGED_SIGNATURE)
        probing.probe(
            "authentication", "a forged signature", forged, expected, signed=False,
            who=callers.MALFORMED,
        )  # fmt: skip
        signed = probing.caller.signatures(request.operation, request.body or b"")
        if header in signed:
            altered = (request.body or b"") + b" "
            moved = request.with_header(header, signed[header]).with_body(altered)
            probing.probe(
                "authentication", "the signature of another body", moved, expected, signed=False,
                who=callers.MOVED,
            )  # fmt: skip
