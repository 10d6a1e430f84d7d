"""The work queues, their dead-letter queues, and the queue for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.domain.messages import Work, to_json
from larder.domain.order import Step
from larder.services.ports import DeadMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

QUEUE_OF = {
    Step.PARSE: "parse",
    Step.MATCH: "match",
    Step.PAY: "pay",
    Step.SETTLE: "pay",
    Step.REFUND: "pay",
    Step.FULFIL: "fulfil",
}

_Attributes = dict[str, dict[str, str]]


class SqsWorkQueues:
    """``work`` maps a queue's name (parse, match, pay, fulfil) to its URL; ``attention`` is the
    URL of the queue for people, where there is need of it."""

    def __init__(
        self, client: SQSClient, work: Mapping[str, str], attention: str | None = None
    ) -> None:
        self._client = client
        self._work = dict(work)
        self._attention = attention

    def send(self, work: Work, *, delay: int = 0) -> None:
        """Put work on its step's queue, hidden for ``delay`` seconds (at most 900)."""
        self._put(self._work[QUEUE_OF[work.step]], to_json(work), {}, delay)

    def resend(self, message: DeadMessage, *, delay: int) -> None:
        """Put a message, body untouched and retry count as given, back on its work queue."""
        self._put(self._work[message.queue], message.body, _attributes(message), delay)

    def park(self, message: DeadMessage) -> None:
        """Keep a message for people."""
        if self._attention is None:
            raise LookupError("this function was not given the queue for people")
        self._put(self._attention, message.body, _attributes(message), 0)

    def _put(self, url: str, body: str, attributes: _Attributes, delay: int) -> None:
        with store_errors("put a message on its queue"):
            self._client.send_message(
                QueueUrl=url,
                MessageBody=body,
                DelaySeconds=delay,
                MessageAttributes=attributes,  # type: ignore[arg-type]
            )


class SqsReceivedMessages:
    """What a function may do with the messages that its queue gave it."""

    def __init__(self, client: SQSClient, queue: str, dead_letters: str | None = None) -> None:
        self._client = client
        self._queue = queue
        self._dead_letters = dead_letters

    def hide(self, receipt: str, seconds: int) -> None:
        """Let nobody see the message for that many seconds."""
        with store_errors("hide a message"):
            self._client.change_message_visibility(
                QueueUrl=self._queue, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def bury(self, message: DeadMessage) -> None:
        """Put a copy of the message on the dead-letter queue."""
        if self._dead_letters is None:
            raise LookupError("this function was not given a dead-letter queue")
        with store_errors("put a message on its dead-letter queue"):
            self._client.send_message(
                QueueUrl=self._dead_letters,
                MessageBody=message.body,
                MessageAttributes=_attributes(message),  # type: ignore[arg-type]
            )


def _attributes(message: DeadMessage) -> _Attributes:
    values = {
        "step": message.step,
        "reason": message.reason,
        "retryCount": str(message.retry_count) if message.retry_count else None,
    }
    return {
        name: {"DataType": "String", "StringValue": value}
        for name, value in values.items()
        if value
    }
