"""What one customer owns, another neither sees nor changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.engine.contract.answer import Answer
from harness.engine.contract.callers import OTHER, TIER
from harness.engine.contract.context import ContractContext
from harness.engine.contract.probe import Probing, documented
from harness.engine.contract.request import Request
from harness.engine.contract.settled import settled
from harness.model import Identity, Json
from harness.specs import Operation

_GONE = "The owner's read was"
_AGAIN = 2
"""Further attempts before a change is put down to the foreign request."""


@dataclass(frozen=True)
class Foreigner:
    """A customer who owns nothing of the owner's."""

    identity: Identity
    who: str
    """Which kind of caller."""

    @property
    def name(self) -> str:
        """As harness.toml calls them."""
        return self.identity.name

    def admitted(self, probing: Probing, answer: Answer, *, met: bool) -> None:
        """Note how they were answered."""
        probing.caller.exchanges.admit(self.who, str(answer.status), met=met)


def foreigners(context: ContractContext, owner: Identity) -> Iterator[Foreigner]:
    """Another customer, and one of another tier, where there are such."""
    others = [i for i in context.identities if i.name != owner.name]
    yield from (Foreigner(other, OTHER) for other in others[:1])
    if context.other_tier is not None:
        yield Foreigner(context.other_tier, TIER)


def run_foreigner(
    probing: Probing, operation: Operation, request: Request, foreigner: Foreigner
) -> None:
    """What one customer owns, another neither sees nor changes."""
    entity = _entity(probing, request)
    if entity is not None:
        _untouched(probing, request, foreigner)
    elif operation.method == "GET":
        _unlisted(probing, operation, request, foreigner)
    elif operation.idempotent:
        _own_key_space(probing, request, foreigner)


def _entity(probing: Probing, request: Request) -> str | None:
    """The id in the path that a link gave."""
    for parameter in request.operation.parameters:
        if parameter.place == "path" and probing.caller.links_to(request.operation, parameter):
            return request.path.get(parameter.name)
    return None


def _untouched(probing: Probing, request: Request, foreigner: Foreigner) -> None:
    """Refused, and without effect.

    What the owner sees may move on by itself just then, so only what the foreign request changes
    every time counts, or what it makes disappear.
    """
    reader = _reader(probing, request)
    foreign, difference = _attempt(probing, request, reader, foreigner, asked=False)
    for _ in range(_AGAIN):
        if foreign is None or not difference or difference.startswith(_GONE):
            break
        foreign, difference = _attempt(probing, request, reader, foreigner, asked=True)
    if foreign is not None and difference:
        probing.said(
            "isolation", "changed",
            f"{request.operation.label} by {foreigner.name} changed what "
            f"{probing.identity.name} owns", difference, foreign, request.operation.label,
        )  # fmt: skip


def _attempt(
    probing: Probing, request: Request, reader: Request | None, foreigner: Foreigner, *, asked: bool
) -> tuple[Answer | None, str]:
    """The foreign request's answer, and what is otherwise for the owner after it."""
    before = settled(probing, reader) if reader else None
    foreign = (
        probing.caller.call(probing.caller.again(request), foreigner.identity)
        if asked
        else probing.probe(
            "isolation", f"a request of {foreigner.name} for what {probing.identity.name} owns",
            probing.caller.again(request), documented(request, "404", otherwise=("403", "404")),
            identity=foreigner.identity, who=foreigner.who,
        )
    )  # fmt: skip
    after = probing.caller.call(reader, probing.identity) if reader else None
    if before is None or after is None:
        return foreign, ""
    return foreign, _difference(before, after)


def _reader(probing: Probing, request: Request) -> Request | None:
    """The owner's GET of the same thing: the operation that takes just these path values."""
    for operation in probing.caller.api.operations:
        names = {p.name for p in operation.parameters if p.place == "path"}
        if operation.method == "GET" and operation.owned and names == set(request.path):
            return Request(operation, request.path)
    return None


def _unlisted(
    probing: Probing, operation: Operation, request: Request, foreigner: Foreigner
) -> None:
    """A list of one's own shows nothing of what another made."""
    owned = _made(probing, probing.identity)
    answer = probing.caller.call(request, foreigner.identity)
    probing.cases.add(operation.label, "isolation", f"list, {foreigner.who}")
    if answer is None or owned is None:
        return
    shown = owned.encode() in answer.body
    foreigner.admitted(probing, answer, met=not shown)
    if shown:
        probing.said(
            "isolation", "list",
            f"{operation.label} shows {foreigner.name} what {probing.identity.name} owns",
            f"{owned} is in the answer.", answer, operation.label,
        )  # fmt: skip


def _made(probing: Probing, identity: Identity) -> str | None:
    """The id of something that this customer made: what a link from an owned POST gives."""
    api = probing.caller.api
    for link in api.links:
        source, target = api.operation(link.source), api.operation(link.target)
        if source.method != "POST" or not source.owned:
            continue
        for parameter in target.parameters:
            if parameter.place == "path":
                value: Json = probing.caller.value(target, parameter, identity)
                if isinstance(value, str):
                    return value
    return None


def _own_key_space(probing: Probing, request: Request, foreigner: Foreigner) -> None:
    """An idempotency key is its owner's: another customer's same key is another request."""
    again = probing.caller.again(request)
    mine = probing.caller.call(again, probing.identity)
    theirs = probing.caller.call(again, foreigner.identity)
    probing.cases.add(request.operation.label, "isolation", f"idempotency key, {foreigner.who}")
    shared = _ids(mine) & _ids(theirs)
    if theirs is not None:
        foreigner.admitted(probing, theirs, met=not shared)
    if theirs is not None and shared:
        probing.said(
            "isolation", "idempotency key",
            f"{request.operation.label} gave {foreigner.name} what {probing.identity.name}'s "
            "request with the same key had made", f"Both were told {', '.join(sorted(shared))}.",
            theirs, request.operation.label,
        )  # fmt: skip


def _ids(answer: Answer | None) -> set[str]:
    """What looks like ids in an accepted answer: long strings under names that end in id."""
    if answer is None or answer.status >= 300 or not isinstance(answer.json, dict):
        return set()
    return {
        v for k, v in answer.json.items()
        if k.lower().endswith("id") and isinstance(v, str) and len(v) >= 8
    }  # fmt: skip


def _difference(before: Answer, after: Answer) -> str:
    """What changed; empty when nothing did."""
    if before.status != after.status:
        return f"{_GONE} {before.status} before and is {after.status} after."
    if before.json == after.json:
        return ""
    if isinstance(before.json, dict) and isinstance(after.json, dict):
        names = sorted(
            k for k in {*before.json, *after.json} if before.json.get(k) != after.json.get(k)
        )
        return f"Changed: {', '.join(names)}."
    return "The owner's read is another one after."
