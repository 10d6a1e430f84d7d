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


class AwsProbes:
    """``tables`` and ``queues`` map the name that the health check shows to a table's name or a
    queue's URL."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        sqs: SQSClient,
        tables: Mapping[str, str],
        queues: Mapping[str, str],
    ) -> None:
        self._dynamodb = dynamodb
        self._sqs = sqs
        self._tables = dict(tables)
        self._queues = dict(queues)

    def checks(self) -> Mapping[str, Callable[[], None]]:
        """Name to check; a check raises StoreUnavailable when the dependency isn't well."""
        tables = {name: partial(self._see_table, it) for name, it in self._tables.items()}
        queues = {name: partial(self._see_queue, it) for name, it in self._queues.items()}
        return {**tables, **queues}

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
