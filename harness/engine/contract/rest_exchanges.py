"""REST's exchanges: an answer's outcome is its status, and it is held against our own laws."""

from collections.abc import Mapping

from harness.engine.contract.answer import Answer, Sent, key_in
from harness.engine.contract.exchanges import Exchanges, Outcome
from harness.engine.contract.response_laws import RESPONSE_LAWS
from harness.model import Json, Kind
from harness.specs import Operation

_KEPT_HEADERS = (
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after",
    "idempotent-replayed",
)  # fmt: skip


class RestExchanges(Exchanges):
    """What a unit of REST sent and got."""

    def answered(
        self, call: int, operation: Operation, sent: Sent, status: int,
        headers: Mapping[str, str], body: bytes, seconds: float,
    ) -> Answer:  # fmt: skip
        """Write an answer into the history and hold it against our laws of one answer."""
        answer = self.end(call, operation.label, sent, status, headers, body, seconds, self._read)
        for law in RESPONSE_LAWS:
            for broken in law(self.context.contracts.openapi, operation, answer):
                self.breach(operation.label, broken, answer)
        return answer

    def _read(self, answer: Answer) -> Outcome:
        status = answer.status
        kind: Kind = "ok" if status < 400 else "fail" if status < 500 else "info"
        key = key_in(tuple(self.context.keys), answer.json)
        return Outcome(str(status), kind, _value(answer), key)


def _value(answer: Answer) -> dict[str, Json]:
    value: dict[str, Json] = {"status": answer.status}
    value |= {n: answer.headers[n] for n in _KEPT_HEADERS if n in answer.headers}
    if isinstance(answer.json, dict):
        value["body"] = answer.json
    return value
