"""All queues' messages in one look, receiving none: LocalStack's own endpoint shows one queue a
request, and whoever watches a stage looks at twenty, ten times a second.
"""

from collections.abc import Iterator
from typing import Any


def messages(account: str, region: str, names: set[str]) -> dict[str, Any]:
    """Account → region → queue URL → messages, hidden and delayed ones too; times in seconds."""
    from localstack.services.sqs.models import sqs_stores  # noqa: PLC0415 (loads the provider)

    queues = sqs_stores[account][region].queues
    found = {n: [_told(m) for m in _all(q)] for n, q in list(queues.items()) if n in names}
    return {"messages": {account: {region: found}}}


def _all(queue: Any) -> Iterator[Any]:
    yield from list(queue.inflight)
    yield from list(queue.delayed)
    if hasattr(queue, "visible"):
        yield from list(queue.visible.queue)
    else:  # FIFO
        for group in [*list(queue.inflight_groups), *list(queue.message_group_queue.queue)]:
            yield from list(group.messages)


def _told(message: Any) -> dict[str, Any]:
    return {
        "MessageId": message.message["MessageId"],
        "Body": message.message["Body"],
        "MessageAttributes": {
            name: {"StringValue": value.get("StringValue")}
            for name, value in (message.message.get("MessageAttributes") or {}).items()
        },
        "ReceiveCount": message.receive_count,
        "SentTimestamp": message.created,
        "VisibleAt": message.created + (message.delay_seconds or 0),
    }
