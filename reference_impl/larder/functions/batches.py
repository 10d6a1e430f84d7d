"""What every function behind a queue does around its use case, message by message.

An outcome says what becomes of a message: deleted, hidden for a while, or dead. A batch is
answered in parts, so that one message's failure doesn't bring the others back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from larder.domain.errors import MalformedMessage
from larder.domain.messages import Work, from_json
from larder.services.errors import PortError
from larder.services.outcomes import DeadLetter, Outcome, Reason, RetryAfter
from larder.services.ports import DeadMessage

Record = Mapping[str, Any]
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Received(Protocol):
    """What may be done with the messages that a queue gave."""

    def hide(self, receipt: str, seconds: int) -> None:
        """Let nobody see the message for that many seconds."""
        ...

    def bury(self, message: DeadMessage) -> None:
        """Put a copy on the dead-letter queue."""
        ...


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A work queue, as a function that serves it sees it."""

    name: str
    received: Received
    logger: Logger

    def handler(self, do: Callable[[Work], Outcome]) -> Handler:
        """A Lambda handler that does each message's work."""

        def serve(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
            return answer(event, lambda record: self._serve(record, do), self.logger)

        return serve

    def _serve(self, record: Record, do: Callable[[Work], Outcome]) -> bool:
        work, outcome = self._outcome(record, do)
        self._log(record, work, outcome)
        if isinstance(outcome, RetryAfter):
            self.received.hide(record["receiptHandle"], outcome.seconds)
            return False
        if isinstance(outcome, DeadLetter):
            step = work.step.value if work is not None else None
            self.received.bury(read_message(record, self.name, step, outcome.reason.value))
        return True

    def _outcome(
        self, record: Record, do: Callable[[Work], Outcome]
    ) -> tuple[Work | None, Outcome]:
        self.logger.set_correlation_id(record["messageId"])  # until the message tells its own
        try:
            work = from_json(record["body"])
        except MalformedMessage as error:
            return None, DeadLetter(Reason.MALFORMED, str(error))
        self.logger.set_correlation_id(work.correlation_id)
        return work, do(work)

    def _log(self, record: Record, work: Work | None, outcome: Outcome) -> None:
        error = getattr(outcome, "error", None)
        told = {
            "queue": self.name,
            "message_id": record["messageId"],
            "order_id": work.order_id if work is not None else None,
            "step": work.step.value if work is not None else None,
            "outcome": type(outcome).__name__,
            "note": getattr(outcome, "note", None) or getattr(outcome, "because", None),
            "seconds": getattr(outcome, "seconds", None),
            "receives": int(record["attributes"]["ApproximateReceiveCount"]),
        }
        if error is None:
            self.logger.info("worked", **told)
        else:
            self.logger.warning("attempt failed", exc_info=error, **told)


def answer(
    event: Mapping[str, Any], serve: Callable[[Record], bool], logger: Logger
) -> dict[str, Any]:
    """The partial batch response: which messages must come again.

    ``serve`` says whether a message may be deleted; if it raises, the message comes again when
    its visibility ends.
    """
    failed = []
    for record in event["Records"]:
        try:
            done = serve(record)
        except PortError as error:
            logger.warning("message left on its queue", reason=str(error))
            done = False
        except Exception:
            logger.exception("a defect; message left on its queue")
            done = False
        if not done:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def read_message(
    record: Record, queue: str, step: str | None = None, reason: str | None = None
) -> DeadMessage:
    """The message of a record; what isn't given is read of its attributes."""
    return DeadMessage(
        queue=queue,
        body=record["body"],
        message_id=record["messageId"],
        retry_count=_count(_attribute(record, "retryCount")),
        step=step or _attribute(record, "step"),
        reason=reason or _attribute(record, "reason"),
    )


def _attribute(record: Record, name: str) -> str | None:
    found = (record.get("messageAttributes") or {}).get(name) or {}
    value = found.get("stringValue")
    return str(value) if value else None


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0
