"""A new link is made when, and only when, the last payment is known to have failed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import Order, Step
from larder.domain.payments import ChargeStatus
from larder.services.errors import (
    BreakerOpen,
    Contended,
    ProviderRefused,
    ProviderUnavailable,
)
from larder.services.request_link import (
    AlreadyPaid,
    LinkOpen,
    LinkOutcome,
    LinkPending,
    LinkRequested,
    NotFound,
    NotPayable,
    ProviderDown,
    request_link,
)

from tests.reference_impl.samples import FIRST, ORDER_ID, TOTAL, an_order
from tests.reference_impl.services.world import World


def at(status: Status, **changes: object) -> World:
    world = World()
    world.orders.put(an_order(status, **changes))
    return world


def ask(world: World, key: str = "key-0001", user: str = "customer-001") -> LinkOutcome:
    return request_link(ORDER_ID, user, key, world.link_ports)


def test_after_a_failed_payment_a_link_is_on_its_way() -> None:
    world = at(Status.PAYMENT_FAILED)
    assert ask(world) == LinkRequested(ORDER_ID, replayed=False)
    assert (world.order.status, world.order.step) == (Status.PAYMENT_FAILED, Step.PAY)


def test_the_same_request_again_is_answered_the_same() -> None:
    world = at(Status.PAYMENT_FAILED)
    ask(world)
    assert ask(world) == LinkRequested(ORDER_ID, replayed=True)
    world.orders.put(replace(world.order, status=Status.PAYMENT_INITIATED, wants_link=False))
    assert ask(world) == LinkRequested(ORDER_ID, replayed=True)


def test_another_request_meanwhile_is_told_to_wait() -> None:
    world = at(Status.PAYMENT_FAILED)
    ask(world)
    assert ask(world, "key-0002") == LinkPending()


@pytest.mark.parametrize("user", ["customer-002", ""])
def test_anothers_order_is_not_found(user: str) -> None:
    assert ask(at(Status.PAYMENT_FAILED), user=user) == NotFound(is_anothers=True)


def test_an_unknown_order_is_not_found() -> None:
    assert ask(World()) == NotFound(is_anothers=False)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Status.PENDING_MATCHING, NotPayable(Status.PENDING_MATCHING)),
        (Status.UNMATCHED, NotPayable(Status.UNMATCHED)),
        (Status.NEEDS_ATTENTION, NotPayable(Status.NEEDS_ATTENTION)),
        (Status.MATCHED, LinkPending()),
        (Status.PAID, AlreadyPaid()),
        (Status.FULFILLED, AlreadyPaid()),
    ],
)
def test_other_orders_have_no_room_for_a_link(status: Status, answer: LinkOutcome) -> None:
    world = at(status)
    assert ask(world) == answer
    assert world.orders.history == []


def test_a_link_that_failed_at_the_provider_makes_room_at_once() -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, ChargeStatus.FAILED, TOTAL)
    assert ask(world) == LinkRequested(ORDER_ID, replayed=False)
    written = [(order.status, order.step) for order in world.orders.history]
    assert written == [(Status.PAYMENT_FAILED, None), (Status.PAYMENT_FAILED, Step.PAY)]


def test_a_link_that_was_paid_is_settled_on_the_spot() -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)
    assert ask(world) == AlreadyPaid()
    assert world.order.status is Status.PAID


@pytest.mark.parametrize("known", [True, False])
def test_a_link_that_is_open_is_shown(known: bool) -> None:
    world = at(Status.PAYMENT_INITIATED)
    if known:
        world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)
    assert ask(world) == LinkOpen(world.order)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (ProviderUnavailable("no answer"), 5),
        (ProviderRefused("invalid key", status=401), 5),
        (BreakerOpen("paystack", 17.2), 18),
        (BreakerOpen("paystack", 0.0), 1),
    ],
)
def test_without_the_provider_no_link_is_promised(error: Exception, seconds: int) -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.down = error
    assert ask(world) == ProviderDown(seconds)
    assert world.orders.history == []


def meanwhile(world: World, change: Callable[[Order], Order], times: int = 1) -> None:
    """Let somebody else write the order just before each of our next writes."""
    left = [times]

    def write() -> None:
        if left[0]:
            left[0] -= 1
            world.orders.put(replace(change(world.order), version=world.order.version + 1))

    world.orders.before_save = write


def test_a_link_asked_for_by_two_at_once_is_made_once() -> None:
    world = at(Status.PAYMENT_FAILED)
    meanwhile(world, lambda order: replace(order, wants_link=True))
    assert ask(world) == LinkPending()


def test_an_order_that_never_stands_still_is_contended() -> None:
    world = at(Status.PAYMENT_FAILED)
    meanwhile(world, lambda order: order, times=99)
    with pytest.raises(Contended):
        ask(world)
