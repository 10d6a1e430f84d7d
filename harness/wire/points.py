"""Where faults can happen: the AWS calls that a history's functions made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from harness.faults import Counting
from harness.model import Capability, Fault, History, Json, PerKey, Point, Record, which
from harness.wire.applicable import Applied, faults_at, kind_of_operation, ways_of

_WHOLE = 300
"""Characters up to which a history has the whole of a text."""


@dataclass(frozen=True)
class FaultPoint:
    """One SDK call of a case, told apart from every other by data that a replay has, too."""

    at: Point
    """Service, operation, function and resource, by their logical ids."""
    nth: int
    """Which of one entity's calls at this point, from 1; of the case's, if it names none itself."""
    per_key: PerKey = False
    key: str | None = None
    """The entity it was about, in this run."""
    consistent: bool = False
    token: bool = False
    in_case: int = field(default=0, compare=False)
    """Which of the case's calls at this point, in this run."""
    call: int = field(default=0, compare=False)
    """That of its first attempt's record, in this run."""

    def __str__(self) -> str:
        return f"{self.at.function or '?'}: {self.at.what} {which(self.nth, self.per_key)}"

    def faults(self, can: Collection[Capability] = frozenset(Capability)) -> tuple[Fault, ...]:
        """Every fault that applies here: each makes a plan of its own."""
        return faults_at(
            self.at, self.nth, per_key=self.per_key, consistent=self.consistent, token=self.token,
            can=can,
        )  # fmt: skip

    def ways(self, can: Collection[Capability] = frozenset(Capability)) -> tuple[Applied, ...]:
        """Every way of failing, with the reason where one doesn't apply here."""
        at = self.at
        kind = kind_of_operation(
            at.service, at.operation, consistent=self.consistent, token=self.token
        )
        return ways_of(kind, can)


def points_of(history: History, case: str) -> tuple[FaultPoint, ...]:
    """The points of a case that was played without faults, in the order of their calls.

    Calls of no function of the stage's, and those that nobody understood, are none.
    """
    counting = Counting()
    return tuple(_point(record, counting) for record in _first_attempts(history, case))


def _first_attempts(history: History, case: str) -> Iterable[Record]:
    """One record for each SDK call: that of its first attempt that was seen."""
    seen: set[str] = set()
    for record in history.select(feed="wire"):
        if record.kind != "invoke" or case not in record.cases:
            continue
        sdk_call = record.value.get("sdkCall")
        if sdk_call in seen or not record.value.get("function"):
            continue
        if sdk_call is not None:
            seen.add(sdk_call)
        if not record.name.endswith(".unknown"):
            yield record


def _point(record: Record, counting: Counting) -> FaultPoint:
    service, _, operation = record.name.partition(".")
    value, asked = record.value, record.value.get("request") or {}
    # How many messages an invocation is given depends on pace: who is known by them alone, too.
    named = record.key if "keyOf" not in value else None
    at = Point(
        service=service, operation=operation, function=value["function"],
        resource=value.get("resource"), match=_told_by(asked) if named is None else {},
    )  # fmt: skip
    counted = counting.next(at.model_dump_json(), named)
    return FaultPoint(
        at=at,
        nth=counted.nth,
        per_key=counted.per_key,
        in_case=counted.in_case,
        key=record.key,
        consistent=bool(asked.get("ConsistentRead")),
        token="MessageDeduplicationId" in asked,
        call=record.call,
    )


def _told_by(asked: Mapping[str, Json]) -> dict[str, Json]:
    """What tells a write of no entity's from others to its table: of many that count, lock and
    release there, the nth may be any of them, as it happens."""
    said = asked.get("UpdateExpression")
    return {"UpdateExpression": said} if isinstance(said, str) and len(said) <= _WHOLE else {}
