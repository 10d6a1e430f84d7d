"""Who was told of what, in the orders table of an emulator."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from larder.adapters.announcements import DynamoAnnouncements
from larder.domain.changes import matched, nudged
from larder.domain.order import Audience, Order
from larder.domain.telling import first_change, is_told
from larder.services.errors import BadCursor, Conflict

from tests.reference_impl.adapters.test_orders import over
from tests.reference_impl.fakes import START
from tests.reference_impl.resilience.unreliable import RepeatingClient
from tests.reference_impl.samples import LINE, an_order
from tests.reference_impl.stack import Cloud

EVERYBODY = dict.fromkeys(Audience, 1)


class Table:
    """A fresh orders table, by both of its adapters."""

    def __init__(self, cloud: Cloud) -> None:
        client = cloud.client("dynamodb")
        self.name = cloud.table("OrdersTable")
        self.orders = over(client, self.name)
        self.announcements = DynamoAnnouncements(client, self.name)

    def submit(self, at: datetime = START) -> Order:
        order = an_order(order_id=str(uuid.uuid4()), version=1, created_at=at, updated_at=at)
        return self.orders.create(replace(order, trail=(first_change(order),)))

    def read(self, order: Order) -> Order:
        found = self.orders.get(order.order_id)
        assert found is not None
        return found

    def due(self, before: datetime = START + timedelta(days=1)) -> list[str]:
        found, cursor = [], None
        while True:
            page = self.announcements.due(before=before, limit=2, cursor=cursor)
            found += page.items
            cursor = page.cursor
            if cursor is None:
                return found


@pytest.fixture
def table(cloud: Cloud) -> Table:
    return Table(cloud)


def match(order: Order) -> Order:
    return matched(order, (LINE,), (), None, START + timedelta(minutes=1))


def test_a_new_order_waits_to_be_told(table: Table) -> None:
    order = table.submit()
    assert table.due() == [order.order_id]


def test_an_order_that_everybody_was_told_of_waits_no_more(table: Table) -> None:
    order = table.submit()
    table.announcements.record(order.order_id, EVERYBODY, status_version=1)
    assert table.due() == []
    assert is_told(table.read(order))


def test_an_order_that_somebody_was_not_told_of_waits_on(table: Table) -> None:
    order = table.submit()
    told = {**EVERYBODY, Audience.CUSTOMER: 0}
    table.announcements.record(order.order_id, told, status_version=1)
    assert table.due() == [order.order_id]
    assert table.read(order).told == told


def test_a_change_that_was_written_meanwhile_is_still_to_be_told(table: Table) -> None:
    order = table.submit()
    table.orders.save(match(order), was=order)
    table.announcements.record(order.order_id, EVERYBODY, status_version=1)
    assert table.due() == [order.order_id]
    assert table.read(order).told == EVERYBODY


def test_a_change_by_somebody_who_read_it_untold_is_to_be_told_all_the_same(table: Table) -> None:
    read_before = table.submit()
    table.announcements.record(read_before.order_id, EVERYBODY, status_version=1)
    table.orders.save(match(read_before), was=read_before)
    assert table.due() == [read_before.order_id]


def test_another_change_of_the_order_tells_nobody_anew(table: Table) -> None:
    read_before = table.submit()
    table.announcements.record(read_before.order_id, EVERYBODY, status_version=1)
    table.orders.save(nudged(read_before, START), was=read_before)
    assert table.due() == []
    assert is_told(table.read(read_before))


def test_what_waits_is_found_oldest_first_page_by_page(table: Table) -> None:
    made = [table.submit(START - timedelta(seconds=n)) for n in range(5)]
    assert table.due() == [order.order_id for order in reversed(made)]
    assert table.due(before=START - timedelta(seconds=3)) == [made[4].order_id, made[3].order_id]


def test_a_reminded_order_waits_from_then_on(table: Table) -> None:
    order = table.submit()
    assert table.announcements.remind(order.order_id, START + timedelta(hours=1))
    assert table.due(before=START + timedelta(minutes=59)) == []
    assert table.read(order) == order


def test_nobody_is_reminded_of_what_everybody_was_told(table: Table) -> None:
    order = table.submit()
    table.announcements.record(order.order_id, EVERYBODY, status_version=1)
    assert not table.announcements.remind(order.order_id, START)


def test_of_an_order_that_is_gone_nothing_is_kept(table: Table) -> None:
    with pytest.raises(Conflict):
        table.announcements.record(str(uuid.uuid4()), EVERYBODY, status_version=1)


def test_a_record_whose_answer_was_lost_is_kept_once(table: Table, cloud: Cloud) -> None:
    order = table.submit()
    client = RepeatingClient(cloud.client("dynamodb"))
    client.losses = 1
    DynamoAnnouncements(client, table.name).record(order.order_id, EVERYBODY, status_version=1)
    assert table.due() == []


def test_a_cursor_that_no_page_gave_is_refused(table: Table) -> None:
    with pytest.raises(BadCursor):
        table.announcements.due(before=START, limit=5, cursor="nonsense")
