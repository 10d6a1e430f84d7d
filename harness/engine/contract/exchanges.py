"""Every HTTP exchange of a unit: into the history, counted, and held against our own laws."""

import hashlib
import time
from collections import Counter
from collections.abc import Mapping

from harness.engine.contract.answer import Answer, Sent, key_in, shown
from harness.engine.contract.breaches import Breach, Breaches, Seen
from harness.engine.contract.context import ContractContext
from harness.engine.contract.response_laws import RESPONSE_LAWS, Broken
from harness.engine.contract.units import ContractUnit
from harness.model import Capability, Exchange, Kind, UnknownKind
from harness.specs import Operation


class Exchanges:
    """What a unit sent and got. Not for several threads: a unit asks one thing at a time."""

    def __init__(self, context: ContractContext, unit: ContractUnit) -> None:
        self.context = context
        self.unit = unit
        self.breaches = Breaches()
        self.statuses: dict[str, Counter[str]] = {}
        self.made = 0
        self._short = hashlib.sha256(unit.id.encode()).hexdigest()[:8]

    def correlation(self) -> str:
        """A correlation id for the next request: the unit, and the how-manyth it is."""
        return f"{self._short}-{self.made + 1:05d}"

    def begin(self, operation: Operation, sent: Sent, key: str | None) -> int:
        """Write a request into the history. Gives the call's number."""
        self.made += 1
        return self.context.recorder.invoke(
            "client", operation.label, key=key, cases=(self.unit.id,),
            value={"identity": sent.identity, "kind": self.unit.kind},
        )  # fmt: skip

    def fail(self, call: int, operation: Operation, sent: Sent, error: Exception) -> None:
        """No answer came: it may have happened.

        Silence is the application's failure; a connection that is refused or cut is not known to
        be anybody's.
        """
        recorder, reason = self.context.recorder, type(error).__name__
        recorder.complete(call, "info", value={"reason": reason})
        self._count(operation, "none")
        if "Timeout" not in reason:
            self.breaches.doubt(
                UnknownKind.HARNESS_ERROR, operation.label, f"no connection: {reason}", self.unit.id
            )
            return
        seconds = self.context.timeout
        end = recorder.now()
        exchange = Exchange(request=str(sent), response="no answer", seconds=seconds)
        seen = Seen(exchange, call, end - seconds, end, tuple(sent.headers.values()))
        title = f"{operation.label} gave no answer in {seconds:g} s"
        self.breaches.add(Breach("answers in time", operation.label, "silent", title, seen=seen))

    def end(
        self, call: int, operation: Operation, sent: Sent, status: int,
        headers: Mapping[str, str], body: bytes, seconds: float,
    ) -> Answer:  # fmt: skip
        """Write an answer into the history and hold it against our laws of one answer."""
        small = {k.lower(): v for k, v in headers.items()}
        recorder = self.context.recorder
        end = recorder.now()
        tokens = [
            v
            for n, v in sent.headers.items()
            if n.lower() == self.context.correlation_header.lower()
        ]
        tokens += [small[n] for n in ("x-amzn-requestid", "x-amz-apigw-id") if n in small]
        seen = Seen(
            shown(sent, status, small, body, seconds), call, end - seconds, end, tuple(tokens)
        )
        answer = Answer(status, small, body, seconds, seen)
        key = key_in(tuple(self.context.keys), answer.json)
        kind: Kind = "ok" if status < 400 else "fail" if status < 500 else "info"
        recorder.complete(call, kind, key=key, value=_value(answer))
        self._count(operation, str(status))
        for law in RESPONSE_LAWS:
            for broken in law(self.context.contracts.openapi, operation, answer):
                self.breach(operation, broken, answer)
        return answer

    def breach(self, operation: Operation, broken: Broken, answer: Answer) -> None:
        """Note a broken law, unless the target's gateway is known to answer in its own words."""
        lack = self.context.lacks(Capability.GATEWAY_RESPONSES)
        if broken.form and answer.gateway_made and lack is not None:
            self.breaches.doubt(
                UnknownKind.CAPABILITY, f"{broken.law} of {operation.label} {answer.status}",
                lack, self.unit.id,
            )  # fmt: skip
            return
        self.breaches.add(
            Breach(
                broken.law,
                operation.label,
                broken.subject,
                broken.title,
                broken.detail,
                answer.seen,
            )
        )

    def _count(self, operation: Operation, status: str) -> None:
        self.statuses.setdefault(operation.label, Counter())[status] += 1


def clock() -> float:
    """Seconds, for how long an exchange took."""
    return time.perf_counter()


def _value(answer: Answer) -> dict[str, object]:
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after")
    value: dict[str, object] = {"status": answer.status}
    value |= {n: answer.headers[n] for n in (*names, "idempotent-replayed") if n in answer.headers}
    if isinstance(answer.json, dict):
        value["body"] = answer.json
    return value
