"""The functions behind queues, the stream and the schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from larder.adapters.items import to_item
from larder.adapters.order_records import write_order
from larder.domain.answers import ModelItem
from larder.domain.lifecycle import Status
from larder.domain.messages import Work, to_json
from larder.domain.order import Order, StatusChange, Step
from larder.domain.payments import ChargeStatus
from larder.functions.dlq_monitor import build as dlq_monitor
from larder.functions.event_handler import NotTold
from larder.functions.event_handler import build as event_handler
from larder.functions.payment_processor import build as payment_processor
from larder.functions.process_order import build as process_order
from larder.functions.product_matcher import build as product_matcher
from larder.functions.reconciler import build as reconciler
from larder.functions.start_next_step import build as start_next_step
from larder.functions.text_parser import build as text_parser
from larder.services.errors import ModelUnavailable, ProviderUnavailable, StoreUnavailable

from tests.reference_impl.fakes import START, How, Trouble
from tests.reference_impl.functions.wiring import Context, World, deliver, record
from tests.reference_impl.samples import FIRST, ORDER_ID, TOTAL, an_order


def work(step: Step, reference: str | None = None) -> str:
    return to_json(Work(ORDER_ID, step, 5, "correlation-1", reference))


def put(world: World, status: Status, **changes: Any) -> None:
    world.orders.put(an_order(status, **changes))  # type: ignore[attr-defined]


def stored(world: World) -> Order:
    order = world.orders.get(ORDER_ID)
    assert order is not None
    return order


def test_a_list_is_read(world: World) -> None:
    put(world, Status.PENDING_MATCHING)
    world.model.answer = [ModelItem("tomatoes", 3, "kg", 0.9)]  # type: ignore[attr-defined]
    assert deliver(text_parser(world), record(work(Step.PARSE))) == []
    assert stored(world).step is Step.MATCH


def test_items_are_matched(world: World) -> None:
    items = an_order(Status.MATCHED).items
    put(world, Status.PENDING_MATCHING, items=items, step=Step.MATCH)
    assert deliver(product_matcher(world), record(work(Step.MATCH))) == []
    assert (stored(world).status, stored(world).total) == (Status.MATCHED, TOTAL)


def test_a_payment_link_is_made(world: World) -> None:
    put(world, Status.MATCHED)
    assert deliver(payment_processor(world), record(work(Step.PAY))) == []
    assert stored(world).status is Status.PAYMENT_INITIATED


def test_a_payment_is_settled(world: World) -> None:
    put(world, Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)  # type: ignore[attr-defined]
    assert deliver(payment_processor(world), record(work(Step.SETTLE, FIRST))) == []
    assert stored(world).status is Status.PAID


def test_a_paid_order_is_carried_out(world: World) -> None:
    put(world, Status.PAID)
    assert deliver(process_order(world), record(work(Step.FULFIL))) == []
    assert stored(world).status is Status.FULFILLED


def test_a_failed_attempt_hides_its_message_until_the_next(world: World) -> None:
    put(world, Status.PENDING_MATCHING)
    world.model.answer = ModelUnavailable("time-out")  # type: ignore[attr-defined]
    assert deliver(text_parser(world), record(work(Step.PARSE))) == ["m-1"]
    assert world.received("parse").hidden == [("r-1", 1)]


def test_a_refusal_by_the_breaker_hides_the_message_until_it_may_be_half_open(
    world: World,
) -> None:
    put(world, Status.MATCHED)
    world.breakers["paystack"].refuses_for = 41.5
    assert deliver(payment_processor(world), record(work(Step.PAY))) == ["m-1"]
    assert world.received("pay").hidden == [("r-1", 42)]
    assert stored(world).attempts == {}


def test_an_exhausted_message_is_buried_with_its_reason_and_deleted(world: World) -> None:
    put(world, Status.MATCHED, attempts={Step.PAY: 5})
    world.provider.down = ProviderUnavailable("time-out")  # type: ignore[attr-defined]
    assert deliver(payment_processor(world), record(work(Step.PAY))) == []
    (dead,) = world.received("pay").buried
    assert (dead.queue, dead.step, dead.reason) == ("pay", "pay", "exhausted")
    assert dead.body == work(Step.PAY)


@pytest.mark.parametrize("body", ["not JSON", "{}", '{"schemaVersion": "1.0", "kind": "dance"}'])
def test_a_malformed_message_is_buried_at_once(world: World, body: str) -> None:
    assert deliver(text_parser(world), record(body)) == []
    (dead,) = world.received("parse").buried
    assert (dead.body, dead.step, dead.reason) == (body, None, "malformed")


def test_a_redriven_strays_count_goes_with_it(world: World) -> None:
    deliver(text_parser(world), record("not JSON", retryCount="2"))
    (dead,) = world.received("parse").buried
    assert dead.retry_count == 2


def test_an_order_that_nobody_knows_is_buried(world: World) -> None:
    assert deliver(process_order(world), record(work(Step.FULFIL))) == []
    assert world.received("fulfil").buried[0].reason == "unknown-order"


def test_a_message_that_could_not_be_buried_stays_on_its_queue(world: World) -> None:
    world.received("parse").trouble = Trouble({1: How.REFUSED})
    assert deliver(text_parser(world), record("not JSON")) == ["m-1"]


def test_one_messages_failure_does_not_bring_the_others_back(world: World) -> None:
    put(world, Status.PAID)
    broken = {**record("x", 2), "attributes": {}}
    good = record(work(Step.FULFIL), 3)
    assert deliver(process_order(world), broken, good) == ["m-2"]
    assert stored(world).status is Status.FULFILLED


def test_a_dead_letter_is_redriven_after_the_first_delay(world: World) -> None:
    put(world, Status.MATCHED)
    assert deliver(dlq_monitor(world), record(work(Step.PAY))) == []
    ((again, delay),) = world.work_queues.sent  # type: ignore[attr-defined]
    assert (again.retry_count, delay) == (1, 60)


def test_a_malformed_dead_letter_is_redriven_to_the_queue_it_died_in(world: World) -> None:
    assert deliver(dlq_monitor(world), record("not JSON", reason="malformed")) == []
    ((message, delay),) = world.work_queues.resent  # type: ignore[attr-defined]
    assert (message.queue, message.body, message.retry_count, delay) == ("pay", "not JSON", 1, 60)


def test_after_the_last_redrive_people_are_called(world: World) -> None:
    put(world, Status.MATCHED, retry_count=3)
    body = to_json(Work(ORDER_ID, Step.PAY, 5, "correlation-1", retry_count=3))
    assert deliver(dlq_monitor(world), record(body)) == []
    assert stored(world).status is Status.NEEDS_ATTENTION
    assert world.alerts.raised[0].kind == "max retries exceeded"  # type: ignore[attr-defined]


def test_a_dead_letter_that_could_not_be_taken_care_of_comes_again_soon(world: World) -> None:
    def down(_: object, **__: object) -> None:
        raise StoreUnavailable("queue")

    world.work_queues.resend = down  # type: ignore[method-assign, assignment]
    assert deliver(dlq_monitor(world), record("not JSON")) == ["m-1"]
    assert world.received("pay-dlq").hidden == [("r-1", 1)]


def change(before: Order | None, after: Order | None) -> dict[str, Any]:
    """A record of the orders stream."""
    images = {"OldImage": before, "NewImage": after}
    written = {name: to_item(write_order(it)) for name, it in images.items() if it is not None}
    return {"dynamodb": {"Keys": {"orderId": {"S": ORDER_ID}}, **written}}


def stream(handler: Any, *changes: dict[str, Any]) -> None:
    handler({"Records": list(changes)}, Context())


def test_a_new_order_begins_its_first_step(world: World) -> None:
    stream(start_next_step(world), change(None, an_order()))
    ((begun, _),) = world.work_queues.sent  # type: ignore[attr-defined]
    assert begun.step is Step.PARSE


def test_a_change_that_makes_nothing_due_and_a_removal_send_nothing(world: World) -> None:
    before = an_order()
    after = replace(before, version=6, attempts={Step.PARSE: 1})
    stream(start_next_step(world), change(before, after), change(after, None))
    assert world.work_queues.sent == []  # type: ignore[attr-defined]


def test_the_stream_brings_a_change_again_when_it_could_not_be_handled(world: World) -> None:
    world.work_queues.trouble.plan = {1: How.REFUSED}  # type: ignore[attr-defined]
    with pytest.raises(StoreUnavailable):
        stream(start_next_step(world), change(None, an_order()))
    put(world, Status.MATCHED, trail=TRAIL)
    world.bus.trouble.plan = {1: How.REFUSED}  # type: ignore[attr-defined]
    with pytest.raises(NotTold):
        stream(event_handler(world), change(None, an_order()))


TRAIL = (
    StatusChange(1, None, Status.PENDING_MATCHING, START),
    StatusChange(3, Status.PENDING_MATCHING, Status.MATCHED, START),
)


def test_each_new_status_is_told_once_with_the_orders_version(world: World) -> None:
    put(world, Status.MATCHED, version=3, trail=TRAIL)
    several = [change(None, stored(world)) for _ in range(3)]
    stream(event_handler(world), *several)
    for audience in (world.bus, world.subscribers):
        told = [(e.previous, e.status, e.version) for e in audience.events]  # type: ignore[attr-defined]
        assert told == [
            (None, Status.PENDING_MATCHING, 1),
            (Status.PENDING_MATCHING, Status.MATCHED, 3),
        ]
    assert len(world.audit.entries) == 2  # type: ignore[attr-defined]


def test_what_could_not_be_told_is_brought_back_by_the_reconciler(world: World) -> None:
    old = START - timedelta(hours=1)
    put(world, Status.UNMATCHED, trail=tuple(replace(each, at=old) for each in TRAIL))
    assert reconciler(world)({}, Context())["reminded"] == 1
    assert len(world.orders.changes) == 1  # type: ignore[attr-defined]


def test_an_order_without_progress_is_begun_again(world: World) -> None:
    put(world, Status.MATCHED, updated_at=START - timedelta(hours=1))
    done = reconciler(world)({}, Context())
    assert done == {"restarted": {"pay": 1}, "reminded": 0, "failed": 0}
    assert [sent.step for sent, _ in world.work_queues.sent] == [Step.PAY]  # type: ignore[attr-defined]


def test_a_run_that_could_not_look_at_an_order_says_so(world: World) -> None:
    world.orders.trouble.plan = {1: How.REFUSED}  # type: ignore[attr-defined]
    assert reconciler(world)({}, Context())["failed"] == 1
