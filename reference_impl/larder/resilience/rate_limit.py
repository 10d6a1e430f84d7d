"""A fixed window of N requests per W seconds, counted over every execution environment."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import refused_item, store_errors
from larder.services.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEEP_AFTER_WINDOW = 3600
"""Seconds a window's item outlives it, so that a slow clock still finds it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``limit`` requests in each window of ``window`` seconds."""

    limit: int
    window: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a request was told, and how its window stands after it."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    """Unix time (seconds) at which the window ends."""


class DynamoRateLimiter:
    """Counts requests per user and operation in a table (key ``window``, TTL ``expiresAt``).

    ``limits`` maps a tier to its limit; a tier that isn't there gets the lowest one. ``clock``
    gives Unix seconds, ``new_id`` unique ids.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        limits: Mapping[str, Limit],
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        if not limits:
            raise ValueError("there is no tier in the rate limits; give at least one")
        self._client = client
        self._table = table
        self._limits = dict(limits)
        self._lowest = min(limits.values(), key=lambda each: each.limit / each.window)
        self._clock = clock
        self._new_id = new_id

    def take(self, user_id: str, operation: str, tier: str) -> Allowance:
        """Counts one request; refuses it, and counts nothing, when the window is full."""
        limit = self._limits.get(tier, self._lowest)
        start = math.floor(self._clock() / limit.window) * limit.window
        used = self._count(f"{user_id}#{operation}#{start}", limit, start)
        return Allowance(
            allowed=used is not None,
            limit=limit.limit,
            remaining=limit.limit - used if used is not None else 0,
            reset=start + limit.window,
        )

    def _count(self, window: str, limit: Limit, start: int) -> int | None:
        """The number of this request in its window; None when it is full."""
        request = {"S": self._new_id()}
        try:
            with store_errors("count the request"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key={"window": {"S": window}},
                    UpdateExpression="SET lastRequest = :id, expiresAt = :expires ADD used :one",
                    ConditionExpression=(
                        "attribute_not_exists(used) OR (used < :limit AND lastRequest <> :id)"
                    ),
                    ExpressionAttributeValues={
                        ":id": request,
                        ":expires": {"N": str(start + limit.window + KEEP_AFTER_WINDOW)},
                        ":one": {"N": "1"},
                        ":limit": {"N": str(limit.limit)},
                    },
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            found = refused_item(refusal)
            # After a lost answer the SDK's own repeat meets the request that it counted before.
            return _used(found) if found.get("lastRequest") == request else None
        return _used(answer["Attributes"])


def _used(item: Mapping[str, Any]) -> int:
    return int(item["used"]["N"])
