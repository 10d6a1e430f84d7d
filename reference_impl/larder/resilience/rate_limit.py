"""A fixed window of N requests per W seconds, counted over every execution environment."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import refused_item, store_errors
from larder.services.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEEP_AFTER_WINDOW = 3600
"""Seconds a window's item outlives it, so that a slow clock still finds it."""


REMEMBERED = 12
"""Requests of a window that are known again. The SDK repeats one whose answer was lost within
seconds; more of the same customer and operation seldom come in between."""

_LATEST = [f"request{age}" for age in range(REMEMBERED)]
_MOVED_DOWN = ", ".join(
    f"{older} = if_not_exists({newer}, :none)" for newer, older in pairwise(_LATEST)
)
_UPDATE = f"SET request0 = :id, {_MOVED_DOWN}, expiresAt = :expires ADD used :one"
_NEW = f"used < :limit AND NOT (:id IN ({', '.join(_LATEST)}))"


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
                    UpdateExpression=_UPDATE,
                    ConditionExpression=f"attribute_not_exists(used) OR ({_NEW})",
                    ExpressionAttributeValues={
                        ":id": request,
                        ":none": {"S": ""},
                        ":expires": {"N": str(start + limit.window + KEEP_AFTER_WINDOW)},
                        ":one": {"N": "1"},
                        ":limit": {"N": str(limit.limit)},
                    },
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as refusal:
            return _counted_before(request, refused_item(refusal))
        return _used(answer["Attributes"])


def _counted_before(request: Mapping[str, str], found: Mapping[str, Any]) -> int | None:
    """The number that a request got, though its answer was lost: the SDK's own repeat of it meets
    what it counted, and what others counted after it. None for a request that is new."""
    for younger, name in enumerate(_LATEST):
        if found.get(name) == request:
            return _used(found) - younger
    return None


def _used(item: Mapping[str, Any]) -> int:
    return int(item["used"]["N"])
