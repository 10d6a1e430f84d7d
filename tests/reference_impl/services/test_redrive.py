"""Dead letters are redriven or handed to people, and never lost."""

import pytest
from larder.domain.lifecycle import Status
from larder.domain.messages import Work, to_json
from larder.domain.order import Refund, RefundState, Step
from larder.services.errors import StoreUnavailable
from larder.services.heal import heal
from larder.services.outcomes import Done
from larder.services.ports import AlertKind, DeadMessage
from larder.services.redrive import redrive

from tests.reference_impl.fakes import Trouble
from tests.reference_impl.samples import ORDER_ID, SECOND, an_order
from tests.reference_impl.services.world import World


def at(status: Status, **changes: object) -> World:
    world = World()
    world.orders.put(an_order(status, **changes))
    return world


def dead(
    step: Step = Step.PAY, retry_count: int = 0, *, attribute: int = 0, reference: str | None = None
) -> DeadMessage:
    work = Work(ORDER_ID, step, 5, "corr-0001", reference, retry_count)
    return DeadMessage("pay", to_json(work), "message-1", attribute)


STRAYS = [
    DeadMessage("parse", "not even JSON", "message-1"),
    DeadMessage("parse", "{}", "message-1"),
    DeadMessage("pay", to_json(Work(ORDER_ID, Step.PAY, 5, "corr-0001")), "message-1"),
]


def test_a_redrive_is_recorded_on_the_order_and_then_sent() -> None:
    world = at(Status.MATCHED, attempts={Step.PAY: 6})
    assert redrive(dead(), world.redrives) == Done("redriven in 60 s")
    assert (world.order.retry_count, world.order.attempts) == (1, {})
    assert world.queues.sent == [(Work(ORDER_ID, Step.PAY, 6, "corr-0001", None, 1), 60)]
    assert world.trouble.calls[-2:] == ["orders.save", "queues.send"]


def test_the_greater_of_both_counts_holds() -> None:
    world = at(Status.MATCHED, retry_count=2)
    assert redrive(dead(retry_count=1, attribute=2), world.redrives) == Done("redriven in 240 s")


def test_after_the_last_redrive_people_are_called() -> None:
    world = at(Status.MATCHED, retry_count=3)
    redrive(dead(retry_count=3), world.redrives)
    assert world.order.status is Status.NEEDS_ATTENTION
    assert world.order.attention_because == "max retries exceeded"
    (alert,) = world.alerts.raised
    assert (alert.kind, alert.order_id, alert.step) == (
        AlertKind.MAX_RETRIES_EXCEEDED,
        ORDER_ID,
        Step.PAY,
    )
    assert world.queues.parked == []


def test_what_does_not_stop_the_order_is_parked_for_people() -> None:
    world = at(Status.FULFILLED, refunds=(Refund(SECOND, "2"),), step=Step.REFUND, retry_count=3)
    message = dead(Step.REFUND, 3, reference=SECOND)
    redrive(message, world.redrives)
    assert world.order.status is Status.FULFILLED
    assert world.order.refunds[0].state is RefundState.HELD
    assert world.queues.parked == [message]
    assert len(world.alerts.raised) == 1


def test_what_the_order_went_on_without_is_dropped() -> None:
    world = at(Status.PAID)
    assert redrive(dead(), world.redrives) == Done("the order went on without it")
    assert (world.queues.sent, world.alerts.raised) == ([], [])


@pytest.mark.parametrize("message", STRAYS)
def test_a_message_without_an_order_comes_back_by_its_own_count(message: DeadMessage) -> None:
    world = World()
    delays = []
    for _ in range(3):
        redrive(message, world.redrives)
        message, delay = world.queues.resent[-1]
        delays.append((delay, message.retry_count))
    assert delays == [(60, 1), (120, 2), (240, 3)]
    assert redrive(message, world.redrives) == Done("parked for people")
    assert world.queues.parked == [message]
    assert [alert.order_id for alert in world.alerts.raised] == [None]


def test_an_outage_that_outlasts_all_redrives_ends_with_people_and_can_be_healed() -> None:
    world = World(Trouble())
    world.submit()
    world.provider.down = StoreUnavailable("down")
    world.run(until=lambda: world.order.status is Status.NEEDS_ATTENTION)
    redrives = [
        int((order.scheduled_at - order.updated_at).total_seconds())
        for order in world.orders.history
        if order.scheduled_at is not None and Step.PAY not in order.attempts
    ]
    assert redrives[:3] == [60, 120, 240]
    assert len(world.alerts.raised) == 1
    attempts = world.trouble.calls.count("provider.initialize")
    assert attempts >= 4 * 6

    world.provider.down = None
    assert heal(world.order.order_id, world.orders, world.clock).status is Status.MATCHED
    assert heal(world.order.order_id, world.orders, world.clock).status is Status.MATCHED
    world.run(until=lambda: world.order.status is Status.PAYMENT_INITIATED)
    assert world.order.payment_attempt == 1
