"""Buses and topics, through queues of the harness's own: made here, taken away at the end."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from harness.model import Json, Stage
from harness.observe.reading import key_of, parsed
from harness.recorder import Recorder
from harness.targets import Aws

_LONG_POLL = 1
"""Seconds; on loopback, where a request costs nothing, short polls see more and stop at once."""
PAUSE = 0.05
"""Seconds between two short polls, where nothing tells that a message arrived."""
_BATCH = 10

Reader = Callable[[str], tuple[str, Json]]
"""From a message's body to the record's name and value."""


class Tap:
    """A queue of our own that gets what somebody publishes."""

    def __init__(
        self, aws: Aws, stage: Stage, read: Reader, keys: Sequence[str], recorder: Recorder
    ) -> None:
        self._sqs = aws.client("sqs")
        self._read = read
        self._keys = keys
        self._recorder = recorder
        self._wait = 0 if stage.endpoint else _LONG_POLL
        self.name = f"{stage.name}-observe-{uuid4().hex[:12]}"
        self.url: str = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self._undo: list[Callable[[], Any]] = [lambda: self._sqs.delete_queue(QueueUrl=self.url)]
        with _whole(self):
            asked = {"QueueUrl": self.url, "AttributeNames": ["QueueArn"]}
            self.arn: str = self._sqs.get_queue_attributes(**asked)["Attributes"]["QueueArn"]

    def undo_by(self, undo: Callable[[], Any]) -> None:
        """What ``close`` has to do first."""
        self._undo.append(undo)

    def allow(self, service: str) -> None:
        """Let an AWS service send to it."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": self.arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})

    def look(self) -> bool:
        """Record what arrived; gives whether there may be more."""
        answer = self._sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=self._wait
        )
        messages = answer.get("Messages", [])
        for message in messages:
            name, value = self._read(message["Body"])
            self._recorder.observe(name, key=key_of(value, self._keys), value=value)
        if messages:
            self._sqs.delete_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]}
                    for i, m in enumerate(messages)
                ],
            )
        return len(messages) == _BATCH

    def close(self) -> None:
        """Take away what was made; what can't be is not worth a word."""
        for undo in reversed(self._undo):
            with contextlib.suppress(BotoCoreError, ClientError, OSError):
                undo()


def tap_bus(aws: Aws, stage: Stage, output: str, keys: Sequence[str], recorder: Recorder) -> Tap:
    """Everything on a bus: records ``bus.<detail-type>`` with the detail."""
    tap = Tap(aws, stage, _read_event, keys, recorder)
    with _whole(tap):
        tap.allow("events.amazonaws.com")
        events, bus = aws.client("events"), stage.outputs[output]
        names = {"Name": tap.name, "EventBusName": bus}
        events.put_rule(**names, EventPattern=json.dumps({"source": [{"prefix": ""}]}))
        tap.undo_by(lambda: events.delete_rule(**names))
        target = {"Rule": tap.name, "EventBusName": bus}
        events.put_targets(**target, Targets=[{"Id": "observe", "Arn": tap.arn}])
        tap.undo_by(lambda: events.remove_targets(**target, Ids=["observe"]))
    return tap


def tap_topic(aws: Aws, stage: Stage, output: str, keys: Sequence[str], recorder: Recorder) -> Tap:
    """Everything on a topic: records ``topic.<output>`` with subject, message and attributes."""

    def read(body: str) -> tuple[str, Json]:
        return f"topic.{output}", _read_notification(body)

    tap = Tap(aws, stage, read, keys, recorder)
    with _whole(tap):
        tap.allow("sns.amazonaws.com")
        sns = aws.client("sns")
        subscribed = sns.subscribe(
            TopicArn=stage.outputs[output],
            Protocol="sqs",
            Endpoint=tap.arn,
            ReturnSubscriptionArn=True,
        )
        arn = subscribed["SubscriptionArn"]
        tap.undo_by(lambda: sns.unsubscribe(SubscriptionArn=arn))
    return tap


@contextlib.contextmanager
def _whole(tap: Tap) -> Iterator[None]:
    """Of a tap that can't be made whole nothing stays: nobody would take it away later."""
    try:
        yield
    except BaseException:
        tap.close()
        raise


def _read_event(body: str) -> tuple[str, Json]:
    event = parsed(body)
    if not isinstance(event, dict):
        return "bus.unreadable", event
    return f"bus.{event.get('detail-type', 'unknown')}", event.get("detail")


def _read_notification(body: str) -> Json:
    envelope = parsed(body)
    if not isinstance(envelope, dict):
        return {"body": envelope}
    attributes = envelope.get("MessageAttributes") or {}
    return {
        "subject": envelope.get("Subject"),
        "body": parsed(str(envelope.get("Message", ""))),
        "attributes": {name: a.get("Value") for name, a in attributes.items()},
    }
