"""Submitting, reading, telling, and looking after health."""

from dataclasses import replace

import pytest
from larder.domain.catalogue import Product
from larder.domain.lifecycle import Status
from larder.domain.order import Order, Step
from larder.services.check_health import Dependency, Health, check_health
from larder.services.errors import StoreUnavailable
from larder.services.list_products import list_products
from larder.services.ports import BreakerState
from larder.services.read_orders import NotYours, list_orders, read_order
from larder.services.start_next_step import start_next_step
from larder.services.submit_list import Accepted, KeyReused, Submission, submit_list

from tests.reference_impl.fakes import (
    FakeBreaker,
    FakeCatalogue,
    FakeClock,
    FakeOrders,
    FakeQueues,
)
from tests.reference_impl.samples import ORDER_ID, SHOP, an_order

SUBMISSION = Submission("customer-001", "key-0001", "a@example.com", "3 kg rice", "corr-0001")


def test_a_submission_is_one_write_and_the_order_exists() -> None:
    orders = FakeOrders()
    outcome = submit_list(SUBMISSION, orders, FakeClock())
    (order,) = orders.stored.values()
    assert outcome == Accepted(order.order_id, replayed=False)
    assert (order.status, order.step, order.version) == (
        Status.PENDING_MATCHING,
        Step.PARSE,
        1,
    )
    assert orders.trouble.calls == ["orders.create"]


def test_the_same_submission_is_the_same_order() -> None:
    orders, clock = FakeOrders(), FakeClock()
    first = submit_list(SUBMISSION, orders, clock)
    clock.go_on(1)
    again = submit_list(SUBMISSION, orders, clock)
    assert isinstance(first, Accepted)
    assert again == Accepted(first.order_id, replayed=True)
    assert len(orders.history) == 1


@pytest.mark.parametrize(
    "other", [{"grocery_list": "4 kg rice"}, {"customer_email": "b@example.com"}]
)
def test_a_key_stands_for_one_request(other: dict[str, str]) -> None:
    orders = FakeOrders()
    submit_list(SUBMISSION, orders, FakeClock())
    assert submit_list(replace(SUBMISSION, **other), orders, FakeClock()) == KeyReused()


def test_an_order_that_moved_on_while_its_answer_was_lost_is_no_repeat() -> None:
    """The SDK tries again where an answer was lost; the pipeline may have been faster."""

    class Overtaken(FakeOrders):
        def create(self, order: Order) -> Order:
            made = super().create(order)
            moved = replace(made, step=Step.MATCH, version=made.version + 1)
            self.put(moved)
            return moved

    outcome = submit_list(SUBMISSION, Overtaken(), FakeClock())
    assert isinstance(outcome, Accepted)
    assert not outcome.replayed


def test_a_key_is_its_customers_own() -> None:
    orders = FakeOrders()
    submit_list(SUBMISSION, orders, FakeClock())
    submit_list(replace(SUBMISSION, user_id="customer-002"), orders, FakeClock())
    assert len(orders.stored) == 2


def test_a_customer_reads_only_own_orders() -> None:
    orders = FakeOrders()
    orders.put(an_order())
    assert read_order(ORDER_ID, "customer-001", orders) == an_order()
    with pytest.raises(NotYours):
        read_order(ORDER_ID, "customer-002", orders)
    assert read_order("another", "customer-001", orders) is None
    assert list_orders("customer-002", orders, limit=10, cursor=None).items == ()
    assert list_orders("customer-001", orders, limit=10, cursor=None).items == (an_order(),)


def test_products_are_listed_by_type() -> None:
    def named(product_type: str | None) -> list[Product]:
        page = list_products(FakeCatalogue(SHOP), product_type=product_type, limit=9, cursor=None)
        return list(page.items)

    assert named(None) == list(SHOP)
    assert named("vegetables") == [SHOP[0]]


def test_a_deleted_order_starts_nothing() -> None:
    queues = FakeQueues()
    assert start_next_step(an_order(), None, queues) == ()
    assert queues.sent == []


def test_what_a_change_made_due_is_sent() -> None:
    queues = FakeQueues()
    begun = start_next_step(None, an_order(), queues)
    assert [work.step for work in begun] == [Step.PARSE]
    assert queues.sent == [(begun[0], 0)]


def _broken() -> None:
    raise StoreUnavailable("down")


class _BlindBreaker(FakeBreaker):
    def state(self) -> BreakerState:
        raise StoreUnavailable("down")


def test_health_is_well_when_every_dependency_is() -> None:
    health = check_health({"orders-table": lambda: None}, {"paystack": FakeBreaker()})
    assert health == Health(
        (
            Dependency("orders-table", ok=True),
            Dependency("paystack", ok=True, breaker=BreakerState.CLOSED),
        )
    )
    assert health.ok


@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.HALF_OPEN])
def test_a_breaker_that_is_not_closed_is_a_dependency_unwell(state: BreakerState) -> None:
    health = check_health({}, {"paystack": FakeBreaker(current=state)})
    assert health == Health((Dependency("paystack", ok=False, breaker=state),))
    assert not health.ok


def test_whatever_a_check_raises_is_only_a_dependency_unwell() -> None:
    health = check_health({"pay-queue": _broken}, {"bedrock": _BlindBreaker()})
    assert health == Health((Dependency("bedrock", ok=False), Dependency("pay-queue", ok=False)))
