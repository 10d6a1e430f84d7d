"""The rate limiter, on a real table."""

from __future__ import annotations

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from larder.resilience.rate_limit import DynamoRateLimiter, Limit

from tests.reference_impl.resilience.unreliable import RepeatingClient
from tests.reference_impl.stack import Cloud

LIMITS = {"standard": Limit(3, 60), "premium": Limit(8, 60)}
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Time:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Limiters:
    """Limiters of as many execution environments as wanted, over one table."""

    cloud: Cloud
    table: str
    time: Time

    def new(self, client: object | None = None) -> DynamoRateLimiter:
        ids = itertools.count()
        environment = uuid.uuid4().hex
        return DynamoRateLimiter(
            client or self.cloud.client("dynamodb"),  # type: ignore[arg-type]
            self.table,
            LIMITS,
            self.time,
            lambda: f"{environment}-{next(ids)}",
        )


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> str:
    return cloud.table("RateLimitsTable")


@pytest.fixture
def limiters(cloud: Cloud, table: str) -> Limiters:
    return Limiters(cloud, table, Time())


def somebody() -> str:
    return uuid.uuid4().hex


@SLOW
@given(requests=st.integers(1, 14), tier=st.sampled_from(["standard", "premium"]))
def test_concurrent_requests_get_each_place_of_the_window_once(
    limiters: Limiters, requests: int, tier: str
) -> None:
    user, limit = somebody(), LIMITS[tier].limit
    environments = [limiters.new() for _ in range(requests)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: one.take(user, "listOrders", tier), environments))
    accepted = sorted(one.remaining for one in told if one.allowed)
    assert accepted == list(range(limit))[-min(requests, limit) :]
    assert {one.limit for one in told} == {limit}


def test_a_refused_request_is_told_when_the_window_ends(limiters: Limiters) -> None:
    limiter, user = limiters.new(), somebody()
    for _ in range(3):
        limiter.take(user, "listOrders", "standard")
    refused = limiter.take(user, "listOrders", "standard")
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert limiters.time.now < refused.reset <= limiters.time.now + 60
    assert refused.reset % 60 == 0


def test_the_next_window_begins_anew(limiters: Limiters) -> None:
    limiter, user = limiters.new(), somebody()
    for _ in range(4):
        last = limiter.take(user, "listOrders", "standard")
    limiters.time.now = last.reset
    assert limiter.take(user, "listOrders", "standard").remaining == 2


def test_operations_and_customers_are_counted_apart(limiters: Limiters) -> None:
    limiter, user = limiters.new(), somebody()
    limiter.take(user, "listOrders", "standard")
    assert limiter.take(user, "getOrder", "standard").remaining == 2
    assert limiter.take(somebody(), "listOrders", "standard").remaining == 2


def test_an_unknown_tier_gets_the_lowest_limit(limiters: Limiters) -> None:
    assert limiters.new().take(somebody(), "listOrders", "platinum").limit == 3


def test_a_request_whose_answer_was_lost_is_counted_once(limiters: Limiters) -> None:
    client = RepeatingClient(limiters.cloud.client("dynamodb"))
    limiter, user = limiters.new(client), somebody()
    client.losses = 1
    assert limiter.take(user, "listOrders", "standard").remaining == 2
    assert limiter.take(user, "listOrders", "standard").remaining == 1


@pytest.mark.parametrize("others", [1, 5])
def test_a_request_is_counted_once_also_when_others_came_before_its_repeat(
    limiters: Limiters, others: int
) -> None:
    client = RepeatingClient(limiters.cloud.client("dynamodb"))
    limiter, beside, user = limiters.new(client), limiters.new(), somebody()
    told: list[int] = []
    client.losses = 1
    client.meanwhile = lambda: told.extend(
        beside.take(user, "listOrders", "premium").remaining for _ in range(others)
    )
    told.append(limiter.take(user, "listOrders", "premium").remaining)
    assert sorted(told, reverse=True) == list(range(7, 7 - len(told), -1))
    assert told[-1] == 7
    assert beside.take(user, "listOrders", "premium").remaining == 7 - len(told)


def test_limits_without_a_tier_are_refused_at_once(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="at least one"):
        DynamoRateLimiter(cloud.client("dynamodb"), "table", {}, Time(), str)
