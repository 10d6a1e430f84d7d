"""Which fault applies to which kind of operation, and why another doesn't: a published table.

A search of all faults draws from it, and so do stories' menus; ``docs/faults.md`` is made of it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.faults import Menu, Option
from harness.model import Action, Attempts, Capability, Fault, HarnessError, PerKey, Place, Point
from harness.model.operations import reads
from harness.wire.models import Models
from harness.wire.partial import BATCHES
from harness.wire.refusals import broken, throttling
from harness.wire.stale import READS as STALE_READS


class Kind(StrEnum):
    """Kinds of operations, by what happens when one goes wrong."""

    READ = "read"
    CONSISTENT_READ = "consistent read"
    """Of data that is never stale: it asks for consistency, or its service has no other kind."""
    WRITE = "write"
    TOKEN_WRITE = "write with a token"  # noqa: S105  # AWS's word, not a secret
    """AWS does it once, however often it comes: transactions, named executions, FIFO sends."""
    BATCH = "batch"
    """AWS may do a part of it."""
    BATCH_READ = "batch read"


_TOKENS = frozenset((
    "dynamodb.TransactWriteItems", "dynamodb.ExecuteTransaction", "stepfunctions.StartExecution",
))  # fmt: skip


def kind_of_operation(
    service: str, operation: str, *, consistent: bool = False, token: bool = False
) -> Kind:
    """The kind that an operation is of.

    Args:
        consistent: this call asks for consistency (``ConsistentRead``).
        token: this call carries what makes its repeats no effect (a FIFO queue's send).
    """
    name = f"{service}.{operation}"
    if reads(operation):
        if name in BATCHES:
            return Kind.BATCH_READ
        stale = service == "dynamodb" and operation in STALE_READS and not consistent
        return Kind.READ if stale else Kind.CONSISTENT_READ
    if name in _TOKENS or token:
        return Kind.TOKEN_WRITE
    return Kind.BATCH if name in BATCHES else Kind.WRITE


@dataclass(frozen=True)
class Way:
    """One way in which a call goes wrong."""

    name: str
    do: str
    place: Place
    attempts: Attempts
    why: str
    """In whose shoes this is: what happens outside the tests that looks like it."""
    excluded: Mapping[Kind, str]
    """The kinds that it doesn't apply to, each with its reason."""
    seconds: float | None = None
    needs: Capability | None = None
    """What the target must be able to do."""

    def action(self, service: str) -> Action:
        """What happens; an error is the service's own."""
        if self.do == "error":
            return broken(service)
        if self.do == "throttle":
            return throttling(service).model_copy(update={"do": "throttle"})
        return Action(do=self.do, seconds=self.seconds)

    def fault(self, point: Point, nth: int, *, per_key: PerKey = False) -> Fault:
        """The nth call at a point goes wrong in this way."""
        return Fault(
            at=point, nth=nth, per_key=per_key, place=self.place, do=self.action(point.service),
            attempts=self.attempts,
        )  # fmt: skip


_ALL_READS = (Kind.READ, Kind.CONSISTENT_READ, Kind.BATCH_READ)
_ALL_WRITES = (Kind.WRITE, Kind.TOKEN_WRITE, Kind.BATCH)


def _reads(reason: str) -> dict[Kind, str]:
    return dict.fromkeys(_ALL_READS, reason)


_NO_EFFECT = "a read has no effect: what comes after it is what comes before it"
_NO_BATCH = "it is done whole or not at all"

WAYS: tuple[Way, ...] = (
    Way("error", "error", "before", "every",
        "the service fails, for longer than the SDK tries", {}),
    Way("error after the effect", "error", "after", "every",
        "the service did it, then failed to say so", _reads(_NO_EFFECT)),
    Way("throttling", "throttle", "before", "every",
        "more is asked than the service gives, for longer than the SDK tries", {}),
    Way("throttled once", "throttle", "before", "first",
        "more is asked than the service gives; the SDK waits and tries again", {}),
    Way("latency", "latency", "before", "first",
        "the service is slow", {}, seconds=1.0),
    Way("no answer", "hold", "before", "first",
        "packets are dropped: the SDK waits for its time-out, then tries again", {}),
    Way("connection reset", "reset", "before", "every",
        "the network breaks, for longer than the SDK tries", {}),
    Way("truncated answer", "truncate", "after", "first",
        "a connection broke within the answer", {}),
    Way("lost once", "lose", "after", "first",
        "the effect was done and its answer lost: the SDK tries again, and it is done twice",
        _reads(_NO_EFFECT)),
    Way("lost call", "lose", "after", "every",
        "the effect was done once, and no answer to any attempt arrived", _reads(_NO_EFFECT)),
    Way("duplicate", "duplicate", "after", "first",
        "the network delivered the request twice",
        {**_reads(_NO_EFFECT), Kind.TOKEN_WRITE: "its token makes the second one no effect"}),
    Way("held back", "reorder", "before", "first",
        "the request was overtaken by the one after it",
        _reads("nobody sees in which order reads are done"), seconds=2.0),
    Way("stale read", "stale", "before", "every",
        "a replica lags behind the last write",
        {Kind.CONSISTENT_READ: "it asks for consistency, or its service has no other reads",
         Kind.BATCH_READ: "its parts would each be as stale as a single read's",
         **dict.fromkeys(_ALL_WRITES, "it isn't a read")}),
    Way("partial batch", "partial", "before", "every",
        "a part of the batch wasn't done, and the answer says so",
        {Kind.READ: _NO_BATCH, Kind.CONSISTENT_READ: _NO_BATCH, Kind.WRITE: _NO_BATCH,
         Kind.TOKEN_WRITE: _NO_BATCH}),
    Way("killed before", "kill", "before", "first",
        "the execution environment died before the request arrived", {},
        needs=Capability.PROCESSES),
    Way("killed after", "kill", "after", "first",
        "the execution environment died before the answer arrived", _reads(_NO_EFFECT),
        needs=Capability.PROCESSES),
)  # fmt: skip
"""All of them, the mildest of a kind first. A malformed answer isn't among them: AWS sends none."""


@dataclass(frozen=True)
class Applied:
    """A way and whether it applies."""

    way: Way
    reason: str = ""
    """Why it doesn't; empty when it does."""


def ways_of(kind: Kind, can: Collection[Capability] = frozenset(Capability)) -> tuple[Applied, ...]:
    """Every way, with the reason where one doesn't apply to this kind or on this target."""
    return tuple(_applied(way, kind, can) for way in WAYS)


def _applied(way: Way, kind: Kind, can: Collection[Capability]) -> Applied:
    if kind in way.excluded:
        return Applied(way, way.excluded[kind])
    if way.needs is not None and way.needs not in can:
        return Applied(way, f"the target lacks {way.needs}")
    return Applied(way)


def faults_at(
    point: Point,
    nth: int,
    *,
    consistent: bool = False,
    token: bool = False,
    per_key: PerKey = False,
    can: Collection[Capability] = frozenset(Capability),
) -> tuple[Fault, ...]:
    """Every fault that applies to the nth call at a point."""
    kind = kind_of_operation(point.service, point.operation, consistent=consistent, token=token)
    return tuple(
        applied.way.fault(point, nth, per_key=per_key)
        for applied in ways_of(kind, can)
        if not applied.reason
    )


_MODELS = Models()


def AWS(  # a name, as a double's menu is one
    service: str,
    *operations: str,
    resource: str | None = None,
    function: str | None = None,
    ways: Collection[str] = (),
) -> Menu:
    """What can go wrong with these operations of an AWS service, for a story's plans.

    ``plans(AWS("dynamodb", "PutItem", resource="OrdersTable"), PAYSTACK, most=2)``. Resources and
    functions are the template's logical ids; ``ways`` narrows it to some of ``WAYS`` by name.

    Raises:
        HarnessError: there is no such service, operation or way.
    """
    named = {way.name for way in WAYS}
    if unknown := set(ways) - named:
        raise HarnessError(
            f"there is no way of failing called {', '.join(sorted(unknown))}",
            f"There are: {', '.join(way.name for way in WAYS)}.",
        )
    for operation in operations:
        _MODELS.operation(service, operation)
    chosen = (
        (operation, way) for operation in operations for way in _ways(service, operation, ways)
    )
    return Menu(
        service,
        tuple(
            Option(
                operation, way.place, way.action(service), way.why, attempts=way.attempts,
                resource=resource, function=function,
            )
            for operation, way in chosen
        ),
    )  # fmt: skip


def _ways(service: str, operation: str, names: Collection[str]) -> Iterator[Way]:
    for applied in ways_of(kind_of_operation(service, operation)):
        if not applied.reason and (not names or applied.way.name in names):
            yield applied.way


def as_markdown() -> str:
    """The table, as ``docs/faults.md`` has it."""
    kinds = list(Kind)
    lines = [
        "| fault | what it looks like | " + " | ".join(kinds) + " |",
        "|---" * (len(kinds) + 2) + "|",
    ]
    notes: dict[str, int] = {}
    for way in WAYS:
        cells = ["yes" if k not in way.excluded else _note(way.excluded[k], notes) for k in kinds]
        lines.append(f"| {way.name} | {way.why} | " + " | ".join(cells) + " |")
    lines.append("")
    lines += [f"{number}. {reason}" for reason, number in notes.items()]
    return "\n".join(lines) + "\n"


def _note(reason: str, notes: dict[str, int]) -> str:
    return f"no ({notes.setdefault(reason, len(notes) + 1)})"
