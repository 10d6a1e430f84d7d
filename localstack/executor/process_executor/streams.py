"""Event sources of a table wait until it is written, rather than look five times a second.

A look is a request to DynamoDB Local and back, for LocalStack a fifth of all it does on a stage
where little happens. Every write passes LocalStack on its way, so that it knows when to look.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from process_executor.straight import Straight

WAIT = 2.0
"""Seconds after which a stream is looked at though nobody was seen writing; an event source that
ends takes as long at most."""
LOOKS = 2
"""Times that each shard is looked at in vain before its event source waits."""
ALL = "*"
"""Stands for every table, where a request doesn't say which it writes."""

_READS = (
    "GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "Describe", "List",
)  # fmt: skip
_ONE = ("PutItem", "UpdateItem", "DeleteItem")
_OVERRIDDEN = ("DYNAMODB", "DYNAMODBSTREAMS")


def written_by(operation: str, request: dict[str, Any]) -> set[str]:
    """Names of the tables that a request to DynamoDB may write; ``{ALL}`` if it doesn't say."""
    if operation.startswith(_READS):
        return set()
    if operation in _ONE:
        named: Iterable[str] = [request["TableName"]]
    elif operation == "BatchWriteItem":
        named = request["RequestItems"]
    elif operation == "TransactWriteItems":
        named = [w["TableName"] for each in request["TransactItems"] for w in each.values()]
    else:
        return {ALL}
    return {table.rpartition("/")[2] for table in named}


class Writes:
    """How often each table was written, and somebody to wait for the next time."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()
        self._more = threading.Condition()

    def add(self, tables: set[str]) -> None:
        """These were written."""
        if tables:
            with self._more:
                self._counted.update(tables)
                self._more.notify_all()

    def to(self, table: str) -> int:
        """How often it was, so far."""
        return self._counted[table] + self._counted[ALL]

    def wait(self, table: str, seen: int, seconds: float) -> None:
        """Until it was more often than that."""
        with self._more:
            self._more.wait_for(lambda: self.to(table) > seen, seconds)


class Looks:
    """When one event source looks at its table's stream.

    It waits once every shard was empty ``LOOKS`` times since the last write.
    """

    def __init__(self, table: str, writes: Writes) -> None:
        self._table = table
        self._writes = writes
        self._seen = -1
        self._vain = 0

    def await_one(self, shards: int, seconds: float = WAIT) -> None:
        """Until there is a reason to look."""
        if self._vain >= LOOKS * max(shards, 1):
            self._writes.wait(self._table, self._seen, seconds)
        written = self._writes.to(self._table)
        if written != self._seen:
            self._seen, self._vain = written, 0

    def found(self, records: int) -> None:
        """A look at one shard brought as many."""
        self._vain = 0 if records else self._vain + 1


def patch() -> None:
    """Let event sources wait, where it is DynamoDB Local that has the streams."""
    if not all(os.environ.get(f"PROVIDER_OVERRIDE_{of}") == "v2" for of in _OVERRIDDEN):
        return
    from localstack.services.dynamodb.v2.provider import DynamoDBProvider  # noqa: PLC0415 (slow)
    from localstack.services.lambda_.event_source_mapping.pollers.dynamodb_poller import (  # noqa: PLC0415
        DynamoDBPoller,
    )

    writes = Writes()
    DynamoDBProvider.forward_request = telling(DynamoDBProvider.forward_request, writes)
    DynamoDBPoller.poll_events = waiting(DynamoDBPoller.poll_events, writes)
    dynamodb = Straight()
    dynamodb.takes_over()
    DynamoDBPoller.get_records = counting(asking(DynamoDBPoller.get_records, dynamodb))


def telling(forward: Callable[..., Any], writes: Writes) -> Callable[..., Any]:
    """The provider's forwarding of a request to DynamoDB Local, that counts what it may write."""

    @wraps(forward)
    def forward_and_tell(provider: Any, context: Any, service_request: Any = None) -> Any:
        try:
            return forward(provider, context, service_request)
        finally:  # a transaction that fails may have been applied
            request = service_request or context.service_request or {}
            writes.add(written_by(context.operation.name, request))

    return forward_and_tell


def waiting(poll: Callable[..., Any], writes: Writes) -> Callable[..., Any]:
    """A poller's look at its next shard, once there is a reason for one."""

    @wraps(poll)
    def wait_and_poll(poller: Any) -> None:
        if not hasattr(poller, "looks"):
            poller.looks = Looks(poller.source_arn.split("/")[1], writes)
        # What fills a batch over time is handed over by a look, whether that finds more or not.
        if not poller.stream_parameters.get("MaximumBatchingWindowInSeconds"):
            poller.looks.await_one(len(poller.shards))
        poll(poller)

    return wait_and_poll


def asking(get_records: Callable[..., Any], dynamodb: Straight) -> Callable[..., Any]:
    """A poller's request for records, of DynamoDB Local itself where that answers."""

    @wraps(get_records)
    def ask_itself(poller: Any, shard_iterator: str) -> Any:
        limit = poller.stream_parameters["BatchSize"]
        answer = dynamodb.records(poller.source_arn, shard_iterator, limit)
        return get_records(poller, shard_iterator) if answer is None else answer

    return ask_itself


def counting(get_records: Callable[..., Any]) -> Callable[..., Any]:
    """A poller's request for records, that tells its looks what it brought."""

    @wraps(get_records)
    def get_and_count(poller: Any, shard_iterator: str) -> Any:
        answer = get_records(poller, shard_iterator)
        poller.looks.found(len(answer.get("Records", [])))
        return answer

    return get_and_count
