"""One request with an expectation, and what is said when it isn't met."""

from collections.abc import Collection
from dataclasses import dataclass

from harness.engine.contract.answer import Answer
from harness.engine.contract.caller import Caller
from harness.engine.contract.cases import Cases
from harness.engine.contract.request import Request
from harness.engine.contract.response_laws import Broken
from harness.model import Identity


@dataclass(frozen=True)
class Probing:
    """What probes of a unit share."""

    caller: Caller
    cases: Cases
    identity: Identity

    def probe(
        self, law: str, what: str, request: Request, expected: Collection[str],
        *, identity: Identity | None = None, signed: bool = True, who: str = "",
    ) -> Answer | None:  # fmt: skip
        """Send it; any status but the ``expected`` (``404`` or ``4XX``) breaks the law.

        ``what`` names the probe: it goes on from "… answered 200 to"; ``who`` is the kind of caller
        in the table of who is let in.
        """
        exchanges = self.caller.exchanges
        operation = request.operation
        answer = self.caller.call(request, identity or self.identity, signed=signed)
        self.cases.add(operation.label, law, what)
        met = answer is not None and matches(answer.status, expected)
        if who and answer is not None:
            exchanges.admit(who, str(answer.status), met=met)
        if answer is not None and not met:
            exchanges.breach(
                operation.label,
                Broken(
                    law, f"{what} {answer.status}",
                    f"{operation.label} answered {answer.status} to {what}",
                    f"Expected {' or '.join(sorted(expected))}.",
                ),
                answer,
            )  # fmt: skip
        exchanges.context.case_ended(exchanges.unit.id, met)
        return answer

    def said(
        self, law: str, what: str, title: str, detail: str, answer: Answer, label: str
    ) -> None:
        """A law broken in a way that no single status tells."""
        exchanges = self.caller.exchanges
        operation = exchanges.context.contracts.openapi.operation(label)
        exchanges.breach(operation.label, Broken(law, what, title, detail), answer)


def matches(status: int, expected: Collection[str]) -> bool:
    """Whether a status is one of these; ``4XX`` is any of its hundred."""
    return str(status) in expected or f"{status // 100}XX" in expected


def documented(request: Request, *wanted: str, otherwise: Collection[str] = ("4XX",)) -> set[str]:
    """Those of the wanted statuses that the contract documents; else any client error."""
    found = {s for s in wanted if s in request.operation.responses}
    return found or set(otherwise)
