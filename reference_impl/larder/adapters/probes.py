"""One harmless look at each of our own dependencies, for the health check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.services.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient


FRESH_FOR = 5.0
"""Seconds that a dependency found well counts as well: anyone may ask, and each answer would else
be a score of calls."""


class AwsProbes:
    """``tables`` and ``queues`` map the name that the health check shows to a table's name or a
    queue's URL. ``clock`` gives seconds and never goes back."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        sqs: SQSClient,
        tables: Mapping[str, str],
        queues: Mapping[str, str],
        clock: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._sqs = sqs
        self._tables = dict(tables)
        self._queues = dict(queues)
        self._clock = clock
        self._well_at: dict[str, float] = {}

    def checks(self) -> Mapping[str, Callable[[], None]]:
        """Name to check; a check raises StoreUnavailable when the dependency isn't well."""
        tables = {name: partial(self._see_table, it) for name, it in self._tables.items()}
        queues = {name: partial(self._see_queue, it) for name, it in self._queues.items()}
        looks = {**tables, **queues}
        return {name: partial(self._look, name, look) for name, look in looks.items()}

    def _look(self, name: str, look: Callable[[], None]) -> None:
        """Only what was well is remembered: the end of an illness is seen at once."""
        now = self._clock()
        if now - self._well_at.get(name, -FRESH_FOR) >= FRESH_FOR:
            look()
            self._well_at[name] = now

    def _see_table(self, table: str) -> None:
        with store_errors("look at a table"):
            status = self._dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        if status not in {"ACTIVE", "UPDATING"}:
            raise StoreUnavailable(f"A table is {status}.")

    def _see_queue(self, url: str) -> None:
        with store_errors("look at a queue"):
            self._sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )
