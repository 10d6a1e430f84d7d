"""What a unit's exchanges and cases come to."""

from harness.config import GraphQlRun
from harness.engine.contract.cases import Cases
from harness.engine.contract.exchanges import Exchanges
from harness.model import CaseCount, UnitResult, UnknownKind, Verdict

_TOO_MANY = "429"


def result_of(exchanges: Exchanges, cases: Cases, seconds: float) -> UnitResult:
    """The result of a unit that ran for so many seconds."""
    unit, breaches = exchanges.unit, exchanges.breaches
    if not len(cases) and not breaches:
        breaches.doubt(UnknownKind.NOTHING_SEEN, unit.title, "no case could be made", unit.id)
    findings = tuple(breaches.findings(exchanges.context, unit))
    verdict = Verdict.FAIL if findings else Verdict.PASS
    if not findings and any(not u.excused for u in breaches.unknowns):
        verdict = Verdict.UNKNOWN
    return UnitResult(
        unit=unit.id, title=unit.title, kind=unit.kind, verdict=verdict,
        cases=CaseCount(ran=len(cases), counted=len(cases)),
        seconds=round(seconds, 3), findings=findings, unknowns=breaches.unknowns,
        statuses={label: dict(seen) for label, seen in exchanges.statuses.items()},
        paced=_paced(exchanges.context.graphql), leans=unit.leans,
        digest=cases.digest, admissions=dict(exchanges.admissions),
    )  # fmt: skip


def _paced(graphql: GraphQlRun) -> tuple[str, ...]:
    """Answers that depend on when somebody asks."""
    return tuple(filter(None, (_TOO_MANY, graphql.limit, *graphql.moving)))
