"""How much of the contracts was seen: operations x documented statuses, fields x outcomes."""

from collections.abc import Iterable, Mapping

from harness.model import Frozen, History, Json

_GRAPHQL = {
    "query": "Query", "mutation": "Mutation", "subscribe": "Subscription",
}  # fmt: skip
"""How names of GraphQL operations begin → the type that their field is of."""


class OperationCoverage(Frozen):
    """One operation's documented statuses, and how often each was answered."""

    operation: str
    seen: dict[str, int]
    """Documented status → answers."""
    undocumented: dict[str, int]


class Coverage(Frozen):
    """All operations'."""

    operations: tuple[OperationCoverage, ...] = ()

    @property
    def documented(self) -> int:
        """Operations x documented statuses."""
        return sum(len(o.seen) for o in self.operations)

    @property
    def exercised(self) -> int:
        """Of these, how many were seen."""
        return sum(bool(n) for o in self.operations for n in o.seen.values())

    @property
    def share(self) -> float:
        """From 0 to 1; nothing documented is nothing missed."""
        return self.exercised / self.documented if self.documented else 1.0

    @property
    def missing(self) -> tuple[str, ...]:
        """What was never answered."""
        return tuple(
            f"{o.operation} {status}"
            for o in self.operations
            for status, n in o.seen.items()
            if not n
        )


def coverage(
    documented: Mapping[str, Iterable[str]],
    only_under_fault: Mapping[str, Iterable[str]],
    histories: Iterable[History],
) -> Coverage:
    """Count every answer that a client got, in whatever unit it was.

    A status that only a fault can bring about is counted when it was seen, and not missed when
    it wasn't.
    """
    answers: dict[str, dict[str, int]] = {}
    for history in histories:
        for record in history:
            name = _label(record.name)
            if record.feed != "client" or record.kind == "invoke" or name not in documented:
                continue
            status = _outcome(record.value or {}, graphql=name != record.name)
            counts = answers.setdefault(name, {})
            counts[status] = counts.get(status, 0) + 1
    return Coverage(
        operations=tuple(
            _operation(
                name, list(statuses), set(only_under_fault.get(name, ())), answers.get(name, {})
            )
            for name, statuses in documented.items()
        )
    )


def _label(name: str) -> str:
    """``query order`` as ``Query.order``; a REST operation's name is its label."""
    kind, _, field = name.partition(" ")
    return f"{_GRAPHQL[kind]}.{field}" if kind in _GRAPHQL else name


def _outcome(value: Json, *, graphql: bool) -> str:
    """What an answer counts as: its status, or over GraphQL ``ok`` or its first error's code."""
    if not graphql:
        return str(value.get("status", ""))
    errors = value.get("errors") or ()
    known = value.get("outcome") or next((e.get("errorType") for e in errors), None)
    return str(known or ("" if "reason" in value else "ok"))


def _operation(
    name: str, documented: list[str], faulty: set[str], answers: dict[str, int]
) -> OperationCoverage:
    seen = {s: answers.get(s, 0) for s in documented if s not in faulty or answers.get(s)}
    other = {s: n for s, n in answers.items() if s not in documented and s.isdigit()}
    return OperationCoverage(operation=name, seen=seen, undocumented=other)
