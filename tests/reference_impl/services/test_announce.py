"""Every audience hears every change in order, whatever goes wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import Audience, Order, StatusChange
from larder.services.announce import AT_ONCE, AnnouncePorts, announce, audited
from larder.services.ports import StatusEvent
from larder.services.remind import Reminded, RemindRules, remind

from tests.reference_impl.fakes import (
    START,
    FakeAnnouncements,
    FakeAudit,
    FakeBus,
    FakeClock,
    FakeOrders,
    How,
    Killed,
    Trouble,
)
from tests.reference_impl.samples import ORDER_ID, an_order

TRAIL = (
    StatusChange(1, None, Status.PENDING_MATCHING, START),
    StatusChange(3, Status.PENDING_MATCHING, Status.MATCHED, START),
)


class Announcing:
    """The orders, and three audiences that may each be in trouble."""

    def __init__(self, *orders: Order) -> None:
        self.orders = FakeOrders()
        for order in orders or (an_order(Status.MATCHED, version=3, trail=TRAIL),):
            self.orders.put(order)
        self.announcements = FakeAnnouncements(self.orders)
        self.audit, self.bus, self.subscribers = FakeAudit(), FakeBus(), FakeBus()
        self.ports = AnnouncePorts(
            self.orders,
            self.announcements,
            {
                Audience.AUDIT: audited(self.audit),
                Audience.BUS: self.bus.publish,
                Audience.CUSTOMER: self.subscribers.publish,
            },
        )

    def told(self, order_id: str = ORDER_ID) -> dict[Audience, int]:
        return dict(self.orders.stored[order_id].told)


def versions(audience: FakeBus) -> list[int]:
    return [event.version for event in audience.events]


def test_everybody_is_told_of_every_change_in_order_and_it_is_kept() -> None:
    world = Announcing()
    assert announce([ORDER_ID], world.ports).errors == []
    assert versions(world.bus) == versions(world.subscribers) == [1, 3]
    assert [e.result for e in world.audit.entries.values()] == ["PENDING_MATCHING", "MATCHED"]
    assert world.told() == dict.fromkeys(Audience, 3)


def test_an_event_says_whose_order_it_is_and_where_it_stood() -> None:
    world = Announcing()
    announce([ORDER_ID], world.ports)
    event = world.subscribers.events[-1]
    assert (event.customer_id, event.previous, event.status) == (
        "customer-001",
        Status.PENDING_MATCHING,
        Status.MATCHED,
    )
    assert [entry.who for entry in world.audit.entries.values()] == ["customer-001", "larder"]


def test_what_is_known_to_have_been_told_is_not_told_again() -> None:
    world = Announcing()
    announce([ORDER_ID], world.ports)
    announce([ORDER_ID], world.ports)
    assert versions(world.bus) == [1, 3]


def test_one_audience_that_fails_keeps_no_other_waiting() -> None:
    world = Announcing()
    world.bus.trouble = Trouble({1: How.REFUSED})
    done = announce([ORDER_ID], world.ports)
    assert len(done.errors) == 1
    assert versions(world.subscribers) == [1, 3]
    assert world.told() == {Audience.AUDIT: 3, Audience.BUS: 0, Audience.CUSTOMER: 3}


def test_the_next_run_begins_where_the_audience_stopped() -> None:
    world = Announcing()
    world.bus.trouble = Trouble({2: How.REFUSED})
    announce([ORDER_ID], world.ports)
    assert versions(world.bus) == [1]
    announce([ORDER_ID], world.ports)
    assert versions(world.bus) == [1, 3]
    assert versions(world.subscribers) == [1, 3]


def test_an_audience_that_does_not_answer_is_asked_by_each_teller_once_in_a_run() -> None:
    others = [f"order-{n}" for n in range(4 * AT_ONCE)]
    world = Announcing(*(an_order(order_id=each, trail=TRAIL) for each in others))
    world.subscribers.trouble = Trouble(dict.fromkeys(range(1, 200), How.REFUSED))
    done = announce(others, world.ports)
    assert 1 <= len(world.subscribers.trouble.calls) <= AT_ONCE
    assert len(done.errors) == len(world.subscribers.trouble.calls)
    assert len(world.bus.events) == 2 * len(others)


def test_orders_are_told_of_side_by_side_and_each_of_them_in_order() -> None:
    others = [f"order-{n}" for n in range(AT_ONCE)]
    world = Announcing(*(an_order(order_id=each, trail=TRAIL) for each in others))
    together = Barrier(AT_ONCE, timeout=10)  # nobody is told before all of them are being told
    publish = world.ports.tell[Audience.CUSTOMER]

    def meeting(event: StatusEvent) -> None:
        together.wait()
        publish(event)

    ports = replace(world.ports, tell={**world.ports.tell, Audience.CUSTOMER: meeting})
    done = announce(others, ports)
    assert done.errors == []
    for each in others:
        assert [e.version for e in world.subscribers.events if e.order_id == each] == [1, 3]


def test_an_audience_that_refuses_one_order_is_told_of_the_others() -> None:
    world = Announcing(*(an_order(order_id=each, trail=TRAIL) for each in ("a", "b")))
    world.subscribers.refuses = {"a"}
    done = announce(["a", "b"], world.ports)
    assert len(done.errors) == 1
    assert [event.order_id for event in world.subscribers.events] == ["b", "b"]


def test_a_worker_that_dies_before_it_kept_what_it_told_tells_it_again() -> None:
    world = Announcing()
    record = world.orders.trouble
    record.plan = {2: How.KILLED_BEFORE}  # the first call reads the order
    with pytest.raises(Killed):
        announce([ORDER_ID], world.ports)
    announce([ORDER_ID], world.ports)
    assert versions(world.bus) == [1, 3, 1, 3]


def test_an_order_that_cannot_be_read_keeps_no_other_waiting() -> None:
    world = Announcing(*(an_order(order_id=each, trail=TRAIL) for each in ("a", "b")))
    world.orders.trouble.plan = {1: How.REFUSED}
    done = announce(["a", "b"], world.ports)
    assert len(done.errors) == 1
    assert len({event.order_id for event in world.bus.events}) == 1


def test_of_an_order_that_is_gone_nothing_is_told() -> None:
    world = Announcing()
    assert announce(["another"], world.ports).told == []


# Reminding


def reminded(world: Announcing, rules: RemindRules | None = None) -> Reminded:
    return remind(world.announcements, FakeClock(), rules or RemindRules())


def test_an_order_that_is_untold_for_long_is_brought_back_by_its_stream() -> None:
    old = START - timedelta(seconds=121)
    trail = tuple(replace(change, at=old) for change in TRAIL)
    world = Announcing(an_order(Status.MATCHED, version=3, trail=trail))
    assert reminded(world) == Reminded(1)
    ((_, order),) = world.orders.changes
    assert order.order_id == ORDER_ID
    assert reminded(world) == Reminded(0)  # the next one waits as long


def test_an_order_that_is_told_or_fresh_is_left_alone() -> None:
    told = an_order(order_id="told", trail=TRAIL, told=dict.fromkeys(Audience, 3))
    world = Announcing(told, an_order(order_id="fresh", trail=TRAIL))
    assert reminded(world) == Reminded(0)
    assert world.orders.changes == []


def many(count: int) -> Announcing:
    old = START - timedelta(hours=1)
    trail = tuple(replace(change, at=old) for change in TRAIL)
    return Announcing(*(an_order(order_id=f"order-{n}", trail=trail) for n in range(count)))


def test_a_run_reads_page_by_page_and_not_without_end() -> None:
    assert reminded(many(9), RemindRules(page=2, pages=2)) == Reminded(4)
    assert reminded(many(3), RemindRules(page=2, pages=2)) == Reminded(3)


def test_one_orders_failure_keeps_no_other_waiting() -> None:
    world = many(3)
    world.orders.trouble.plan = {2: How.REFUSED}
    done = reminded(world)
    assert (done.orders, len(done.errors)) == (2, 1)


def test_an_index_that_cannot_be_read_is_said() -> None:
    world = many(1)
    world.orders.trouble.plan = {1: How.REFUSED}
    done = reminded(world)
    assert (done.orders, len(done.errors)) == (0, 1)
