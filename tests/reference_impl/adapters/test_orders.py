"""The orders table, on an emulator."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from larder.adapters.orders import DynamoOrders
from larder.domain.lifecycle import Status
from larder.domain.order import Order, Step
from larder.services.errors import BadCursor, Conflict

from tests.reference_impl.adapters.strategies import ORDERS
from tests.reference_impl.fakes import START
from tests.reference_impl.resilience.unreliable import RepeatingClient
from tests.reference_impl.samples import an_order
from tests.reference_impl.stack import Cloud

ON_A_TABLE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> str:
    return cloud.table("OrdersTable")


@pytest.fixture
def orders(cloud: Cloud, table: str) -> DynamoOrders:
    return over(cloud.client("dynamodb"), table)


def over(client: Any, table: str) -> DynamoOrders:
    ids = itertools.count()
    return DynamoOrders(client, table, lambda: f"{uuid.uuid4().hex}-{next(ids)}")


def a_new_order(**changes: Any) -> Order:
    return an_order(order_id=str(uuid.uuid4()), version=1, **changes)


def changed(order: Order, **changes: Any) -> Order:
    return replace(order, version=order.version + 1, **changes)


def test_a_created_order_can_be_read(orders: DynamoOrders) -> None:
    order = a_new_order()
    assert orders.create(order) == order
    assert orders.get(order.order_id) == order


def test_an_order_that_nobody_created_is_none(orders: DynamoOrders) -> None:
    assert orders.get(str(uuid.uuid4())) is None


def test_creating_it_again_gives_the_first_and_changes_nothing(orders: DynamoOrders) -> None:
    first = a_new_order()
    orders.create(first)
    assert orders.create(replace(first, grocery_list="caviar")) == first
    assert orders.get(first.order_id) == first


@ON_A_TABLE
@given(was=ORDERS, after=ORDERS)
def test_a_saved_order_is_read_as_it_was_saved_whatever_changed(
    orders: DynamoOrders, was: Order, after: Order
) -> None:
    was = replace(was, order_id=str(uuid.uuid4()))
    orders.create(was)
    after = replace(after, order_id=was.order_id, version=was.version + 1)
    orders.save(after, was=was)
    assert orders.get(was.order_id) == after


def test_what_another_version_of_larder_keeps_in_the_record_stays(
    orders: DynamoOrders, cloud: Cloud, table: str
) -> None:
    order = orders.create(a_new_order())
    client, key = cloud.client("dynamodb"), {"orderId": {"S": order.order_id}}
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET invoice = :i",
        ExpressionAttributeValues={":i": {"S": "i-1"}},
    )
    orders.save(changed(order, status=Status.UNMATCHED, step=None), was=order)
    assert client.get_item(TableName=table, Key=key)["Item"]["invoice"] == {"S": "i-1"}


@pytest.mark.parametrize("stale", [{"version": 7}, {"status": Status.MATCHED}])
def test_an_order_that_moved_on_is_not_overwritten(
    orders: DynamoOrders, stale: dict[str, Any]
) -> None:
    order = orders.create(a_new_order())
    was = replace(order, **stale)
    with pytest.raises(Conflict):
        orders.save(changed(was, payment_attempt=9), was=was)
    assert orders.get(order.order_id) == order


def test_of_two_writers_one_wins(orders: DynamoOrders) -> None:
    order = orders.create(a_new_order())
    orders.save(changed(order, payment_attempt=1), was=order)
    with pytest.raises(Conflict):
        orders.save(changed(order, payment_attempt=2), was=order)


def test_a_write_whose_answer_was_lost_is_known_as_ours(
    orders: DynamoOrders, cloud: Cloud, table: str
) -> None:
    order = orders.create(a_new_order())
    client = RepeatingClient(cloud.client("dynamodb"))
    client.losses = 1
    over(client, table).save(changed(order, payment_attempt=1), was=order)
    assert orders.get(order.order_id) == changed(order, payment_attempt=1)


@ON_A_TABLE
@given(count=st.integers(0, 7), limit=st.integers(1, 4))
def test_pages_of_any_size_hold_all_of_a_customers_orders_newest_first(
    orders: DynamoOrders, count: int, limit: int
) -> None:
    user = uuid.uuid4().hex
    made = [
        orders.create(a_new_order(user_id=user, created_at=START + timedelta(seconds=n // 2)))
        for n in range(count)
    ]
    seen: list[Order] = []
    cursor = None
    while True:
        page = orders.of_user(user, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert [o.order_id for o in seen] == [
        o.order_id for o in sorted(made, key=lambda o: (o.created_at, o.order_id), reverse=True)
    ]


def test_another_customers_orders_are_not_among_them(orders: DynamoOrders) -> None:
    orders.create(a_new_order(user_id="somebody"))
    assert orders.of_user("somebody-else", limit=5, cursor=None).items == ()


def test_a_cursor_that_no_page_gave_is_refused(orders: DynamoOrders) -> None:
    with pytest.raises(BadCursor):
        orders.of_user("somebody", limit=5, cursor="nonsense")
    with pytest.raises(BadCursor):
        orders.due(Step.PAY, before=START, limit=5, cursor="nonsense")


def test_orders_that_wait_are_found_by_their_step_page_by_page(
    cloud: Cloud,
) -> None:
    orders = over(cloud.client("dynamodb"), cloud.table("OrdersTable"))
    for age in (1, 2, 3):
        orders.create(a_new_order(step=Step.PAY, updated_at=START - timedelta(seconds=age)))
    orders.create(a_new_order(step=Step.PAY, updated_at=START + timedelta(seconds=1)))
    orders.create(a_new_order(step=Step.MATCH, updated_at=START - timedelta(seconds=9)))
    orders.create(a_new_order(step=None, updated_at=START - timedelta(seconds=9)))
    found, cursor = [], None
    for _ in range(4):
        page = orders.due(Step.PAY, before=START, limit=2, cursor=cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    ages = [(START - summary.quiet_since).total_seconds() for summary in found]
    assert ages == [3, 2, 1]
    assert {summary.step for summary in found} == {Step.PAY}
