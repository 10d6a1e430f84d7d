"""The circuit breaker, on a real table, held against a model of it."""

from __future__ import annotations

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from larder.resilience.breaker import BreakerSettings, DynamoBreaker, Permit
from larder.services.errors import (
    BreakerOpen,
    ProviderRefused,
    ProviderUnavailable,
    StoreUnavailable,
)
from larder.services.ports import BreakerState

from tests.reference_impl.resilience.unreliable import RepeatingClient
from tests.reference_impl.stack import Cloud

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN
SETTINGS = BreakerSettings(threshold=5, recovery=60, lease=10)


@dataclass
class Fleet:
    """Breakers of many execution environments, over one dependency of their own."""

    client: Any
    table: str
    settings: BreakerSettings = SETTINGS
    now: float = 1_000_000.0
    dependency: str = field(default_factory=lambda: uuid.uuid4().hex)
    ids: Any = field(default_factory=itertools.count)

    def breaker(self) -> DynamoBreaker:
        return DynamoBreaker(
            self.client,
            self.table,
            self.dependency,
            self.settings,
            lambda: self.now,
            lambda: f"id-{next(self.ids)}",
        )

    def fail(self, times: int) -> None:
        for _ in range(times):
            breaker = self.breaker()
            breaker.end(breaker.begin(), ok=False)

    def opened(self) -> Fleet:
        self.fail(self.settings.threshold)
        return self


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> str:
    return cloud.table("BreakersTable")


@pytest.fixture
def fleet(cloud: Cloud, table: str) -> Fleet:
    return Fleet(cloud.client("dynamodb"), table)


def test_it_opens_at_the_fifth_failure_in_a_row_of_the_whole_fleet(fleet: Fleet) -> None:
    fleet.fail(4)
    assert fleet.breaker().state() is CLOSED
    fleet.fail(1)
    assert fleet.breaker().state() is OPEN
    with pytest.raises(BreakerOpen) as refused:
        fleet.breaker().begin()
    assert refused.value.retry_after == pytest.approx(60)


def test_a_success_ends_the_row(fleet: Fleet) -> None:
    fleet.fail(4)
    breaker = fleet.breaker()
    breaker.end(breaker.begin(), ok=True)
    fleet.fail(4)
    assert breaker.state() is CLOSED


def test_failures_at_the_same_moment_are_each_counted_and_open_it_once(fleet: Fleet) -> None:
    breakers = [fleet.breaker() for _ in range(12)]
    permits = [breaker.begin() for breaker in breakers]
    with ThreadPoolExecutor(12) as pool:
        list(
            pool.map(lambda one: one[0].end(one[1], ok=False), zip(breakers, permits, strict=True))
        )
    assert fleet.breaker().state() is OPEN
    fleet.now += 60
    assert fleet.breaker().begin().epoch == 2


def test_when_half_open_exactly_one_probe_is_let_through(fleet: Fleet) -> None:
    fleet.opened().now += 60

    def ask(_: int) -> Permit | None:
        try:
            return fleet.breaker().begin()
        except BreakerOpen:
            return None

    with ThreadPoolExecutor(12) as pool:
        given = [permit for permit in pool.map(ask, range(12)) if permit is not None]
    assert len(given) == 1
    assert given[0].probe is not None


def test_the_probes_success_closes_it(fleet: Fleet) -> None:
    fleet.opened().now += 60
    breaker = fleet.breaker()
    breaker.end(breaker.begin(), ok=True)
    assert breaker.state() is CLOSED
    fleet.fail(4)
    assert breaker.state() is CLOSED, "the row that opened it is forgotten"


def test_the_probes_failure_opens_it_for_another_recovery(fleet: Fleet) -> None:
    fleet.opened().now += 60
    breaker = fleet.breaker()
    breaker.end(breaker.begin(), ok=False)
    fleet.now += 59
    with pytest.raises(BreakerOpen):
        breaker.begin()
    fleet.now += 1
    assert breaker.begin().probe


def test_a_probe_that_never_reports_is_replaced_when_its_lease_ends(fleet: Fleet) -> None:
    fleet.opened().now += 60
    crashed = fleet.breaker().begin()
    fleet.now += 9
    with pytest.raises(BreakerOpen) as refused:
        fleet.breaker().begin()
    assert refused.value.retry_after == pytest.approx(1)
    fleet.now += 1
    assert fleet.breaker().begin().epoch > crashed.epoch


def test_a_probe_that_comes_back_from_the_dead_changes_nothing(fleet: Fleet) -> None:
    fleet.opened().now += 60
    late = fleet.breaker().begin()
    fleet.now += 10
    current = fleet.breaker().begin()
    fleet.breaker().end(late, ok=True)
    assert fleet.breaker().state() is HALF_OPEN
    fleet.breaker().end(current, ok=True)
    assert fleet.breaker().state() is CLOSED


def test_calls_begun_before_it_opened_may_end_and_change_nothing(fleet: Fleet) -> None:
    early = [fleet.breaker().begin() for _ in range(2)]
    fleet.opened()
    for permit, ok in zip(early, (True, False), strict=True):
        fleet.breaker().end(permit, ok=ok)
    assert fleet.breaker().state() is OPEN
    with pytest.raises(BreakerOpen) as refused:
        fleet.breaker().begin()
    assert refused.value.retry_after == pytest.approx(60)


def test_a_failure_whose_report_was_repeated_counts_once(fleet: Fleet) -> None:
    client = RepeatingClient(fleet.client)
    fleet.client = client
    for _ in range(4):
        client.losses = 1
        fleet.fail(1)
    assert fleet.breaker().state() is CLOSED
    client.losses = 2
    fleet.fail(1)
    assert fleet.breaker().state() is OPEN


def test_a_probe_taken_with_its_answer_lost_is_still_ours(fleet: Fleet) -> None:
    fleet.opened().now += 60
    client = RepeatingClient(fleet.client)
    client.losses = 1
    fleet.client = client
    assert fleet.breaker().begin().probe


def test_a_probe_that_was_taken_for_longer_than_its_lease_is_not_made(fleet: Fleet) -> None:
    fleet.opened().now += 60
    quick, update = fleet.client, fleet.client.update_item

    def slowly(**asked: Any) -> Any:
        answer = update(**asked)
        fleet.now += SETTINGS.lease
        return answer

    fleet.client = SimpleNamespace(
        update_item=slowly, get_item=quick.get_item, exceptions=quick.exceptions
    )
    with pytest.raises(BreakerOpen):
        fleet.breaker().begin()
    fleet.client = quick
    assert fleet.breaker().begin().probe


def test_a_success_writes_nothing_when_there_is_nothing_to_reset(fleet: Fleet) -> None:
    breaker = fleet.breaker()
    assert breaker.call(lambda: "answer") == "answer"
    assert "Item" not in fleet.client.get_item(
        TableName=fleet.table, Key={"dependency": {"S": fleet.dependency}}
    )


def test_with_a_threshold_of_one_the_first_failure_opens_it(cloud: Cloud, table: str) -> None:
    touchy = Fleet(cloud.client("dynamodb"), table, BreakerSettings(1, 60, 10))
    touchy.fail(1)
    assert touchy.breaker().state() is OPEN


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ProviderUnavailable("time-out"), OPEN),
        (ProviderRefused("no", status=400), CLOSED),
        (StoreUnavailable("a table of ours"), CLOSED),
        (KeyError("a defect"), CLOSED),
    ],
)
def test_only_an_unavailable_dependency_counts_as_its_failure(
    cloud: Cloud, table: str, error: Exception, state: BreakerState
) -> None:
    breaker = Fleet(cloud.client("dynamodb"), table, BreakerSettings(1, 60, 10)).breaker()

    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        breaker.call(work)
    assert breaker.state() is state


class BreakerMachine(RuleBasedStateMachine):
    """Calls begin, end in any order, or never; time goes on. The model is a few plain fields."""

    client: Any
    table: str

    def __init__(self) -> None:
        super().__init__()
        self.fleet = Fleet(self.client, self.table, BreakerSettings(3, 60, 10))
        self.running: list[Permit] = []
        self.state = CLOSED
        self.epoch = 0
        self.row = 0
        self.blocked_until = 0.0

    @rule()
    def begin(self) -> None:
        now = self.fleet.now
        may = self.state is CLOSED or now >= self.blocked_until
        try:
            permit = self.fleet.breaker().begin()
        except BreakerOpen:
            assert not may
            return
        assert may
        assert (permit.probe is not None) == (self.state is not CLOSED)
        if self.state is not CLOSED:
            self.state, self.epoch, self.blocked_until = HALF_OPEN, self.epoch + 1, now + 10
        assert permit.epoch == self.epoch
        self.running.append(permit)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 100), ok=st.booleans())
    def end(self, which: int, ok: bool) -> None:
        permit = self.running.pop(which % len(self.running))
        self.fleet.breaker().end(permit, ok=ok)
        if permit.epoch != self.epoch:
            return
        if permit.probe is not None:
            self._turn(CLOSED if ok else OPEN)
        elif self.state is CLOSED:
            self.row = 0 if ok else self.row + 1
            if self.row == 3:
                self._turn(OPEN)

    @rule(seconds=st.sampled_from([1, 9, 10, 60]))
    def time_passes(self, seconds: int) -> None:
        self.fleet.now += seconds

    @invariant()
    def it_is_in_the_models_state(self) -> None:
        assert self.fleet.breaker().state() is self.state

    def _turn(self, state: BreakerState) -> None:
        self.state, self.epoch, self.row = state, self.epoch + 1, 0
        self.blocked_until = self.fleet.now + 60


def test_whatever_happens_it_does_what_the_model_does(cloud: Cloud, table: str) -> None:
    machine = type(
        "Machine", (BreakerMachine,), {"client": cloud.client("dynamodb"), "table": table}
    )
    case = machine.TestCase()
    case.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
    case.runTest()
