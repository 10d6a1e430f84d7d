"""Every HTTP exchange of a unit: into the history, and counted."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.engine.contract.answer import Answer, Sent, shown
from harness.engine.contract.breaches import Breach, Breaches, Seen
from harness.engine.contract.context import ContractContext
from harness.engine.contract.response_laws import Broken
from harness.engine.contract.units import ContractUnit
from harness.model import Admission, Capability, Exchange, Json, Kind, Measured, UnknownKind


@dataclass(frozen=True)
class Outcome:
    """What an answer means to the history."""

    name: str
    """What answers are counted by: a status, or a GraphQL error's code."""
    kind: Kind
    value: Mapping[str, Json]
    key: str | None = None
    """The entity that it is about."""


class Exchanges:
    """What a unit sent and got. Not for several threads: a unit asks one thing at a time."""

    def __init__(self, context: ContractContext, unit: ContractUnit) -> None:
        self.context = context
        self.unit = unit
        self.breaches = Breaches()
        self.statuses: dict[str, Counter[str]] = {}
        self.admissions: dict[str, Admission] = {}
        self.made = 0
        self._short = hashlib.sha256(unit.id.encode()).hexdigest()[:8]

    def correlation(self) -> str:
        """A correlation id for the next request: the unit, and the how-manyth it is."""
        return f"{self._short}-{self.made + 1:05d}"

    def begin(self, label: str, sent: Sent, key: str | None, *, made: bool = True) -> int:
        """Write a request into the history. Gives the call's number.

        ``made``: it is a request of its own, not a further part of one.
        """
        self.made += made
        return self.context.recorder.invoke(
            "client", label, key=key, cases=(self.unit.id,),
            value={"identity": sent.identity, "kind": self.unit.kind},
        )  # fmt: skip

    def fail(self, call: int, label: str, sent: Sent, error: Exception) -> None:
        """No answer came: it may have happened.

        Silence is the application's failure; a connection that is refused or cut is not known to
        be anybody's.
        """
        recorder, reason = self.context.recorder, type(error).__name__
        recorder.complete(call, "info", value={"reason": reason})
        self._count(label, "none")
        if "Timeout" not in reason:
            self.breaches.doubt(
                UnknownKind.HARNESS_ERROR, label, f"no connection: {reason}", self.unit.id
            )
            return
        seconds = self.context.timeout
        end = recorder.now()
        exchange = Exchange(request=str(sent), response="no answer", seconds=seconds)
        seen = Seen(exchange, call, end - seconds, end, tuple(sent.headers.values()))
        title = f"{label} gave no answer in {seconds:g} s"
        self.breaches.add(Breach("answers in time", label, "silent", title, seen=seen))

    def end(
        self, call: int, label: str, sent: Sent, status: int, headers: Mapping[str, str],
        body: bytes, seconds: float, outcome: Callable[[Answer], Outcome],
    ) -> Answer:  # fmt: skip
        """Write an answer into the history, as the outcome that it is read to be."""
        small = {k.lower(): v for k, v in headers.items()}
        recorder = self.context.recorder
        end = recorder.now()
        seen = Seen(
            shown(sent, status, small, body, seconds), call, end - seconds, end,
            self._tokens(sent, small),
        )  # fmt: skip
        answer = Answer(status, small, body, seconds, seen, sent.garbled)
        read = outcome(answer)
        recorder.complete(call, read.kind, key=read.key, value=dict(read.value))
        self._count(label, read.name)
        return answer

    def _tokens(self, sent: Sent, headers: Mapping[str, str]) -> tuple[str, ...]:
        """What the log lines behind an exchange are found by."""
        correlation = self.context.correlation_header.lower()
        tokens = [v for n, v in sent.headers.items() if n.lower() == correlation]
        ids = ("x-amzn-requestid", "x-amz-apigw-id")
        return (*tokens, *(headers[n] for n in ids if n in headers))

    def admit(self, who: str, outcome: str, *, met: bool) -> None:
        """A kind of caller was answered so; what wasn't as it should be isn't forgotten."""
        known = self.admissions.get(who)
        if known is None or known.met:
            self.admissions[who] = Admission(outcome=outcome, met=met)

    def breach(self, label: str, broken: Broken, answer: Answer) -> None:
        """Note a broken law, unless the target's gateway is known to answer in its own words."""
        lack = self.excuse(answer, form=broken.form)
        if lack is not None:
            self.excused(broken.law, label, answer, lack)
            return
        self.breaches.add(
            Breach(broken.law, label, broken.subject, broken.title, broken.detail, answer.seen)
        )

    def excused(self, law: str, label: str, answer: Answer, lack: Measured) -> None:
        """A law that this answer broke isn't held against the application: the target can't."""
        status = str(answer.status)
        self.breaches.doubt(
            UnknownKind.CAPABILITY, f"{law} of {label} {status}", lack.how, self.unit.id,
            capabilities=(lack.capability,), answer=(label, status),
        )  # fmt: skip

    def excuse(self, answer: Answer, *, form: bool) -> Measured | None:
        """Why this target's gateway isn't held to a law, of an answer's ``form`` or of any kind.

        None where it is.
        """
        if form and answer.gateway_made:
            return self.context.lacks(Capability.GATEWAY_RESPONSES)
        return self.context.lacks(Capability.ANY_BODY) if answer.garbled else None

    def _count(self, label: str, status: str) -> None:
        self.statuses.setdefault(label, Counter())[status] += 1


def clock() -> float:
    """Seconds, for how long an exchange took."""
    return time.perf_counter()
