"""Dead letters: back to their queue with growing delays, then to people. Nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from larder.domain.changes import given_up, redriven
from larder.domain.errors import MalformedMessage
from larder.domain.lifecycle import Status
from larder.domain.messages import Work, from_json
from larder.domain.order import Order
from larder.domain.redrives import (
    Decision,
    GiveUp,
    Redrive,
    RedriveSchedule,
    decide,
    decide_stray,
)
from larder.services.outcomes import Done
from larder.services.ports import Alert, AlertKind, Alerts, Clock, DeadMessage, Orders, WorkQueues
from larder.services.updates import update


@dataclass(frozen=True, slots=True)
class RedrivePorts:
    """What redriving needs."""

    orders: Orders
    queues: WorkQueues
    alerts: Alerts
    clock: Clock
    schedule: RedriveSchedule


def redrive(message: DeadMessage, ports: RedrivePorts) -> Done:
    """Take care of one dead letter; it may be deleted after that.

    Raises Unavailable and Contended: then it stays where it is and comes again.
    """
    work = _read(message)
    order = ports.orders.get(work.order_id) if work is not None else None
    if work is None or order is None:
        return _redrive_stray(message, work, ports)
    return _redrive_work(message, work, ports)


def _read(message: DeadMessage) -> Work | None:
    try:
        work = from_json(message.body)
    except MalformedMessage:
        return None
    return replace(work, retry_count=max(work.retry_count, message.retry_count))


def _redrive_stray(message: DeadMessage, work: Work | None, ports: RedrivePorts) -> Done:
    decision = decide_stray(message.retry_count, ports.schedule)
    if isinstance(decision, Redrive):
        again = replace(message, retry_count=decision.retry_count)
        ports.queues.resend(again, delay=decision.delay)
        return Done(f"redriven in {decision.delay} s")
    ports.queues.park(message)
    ports.alerts.raise_(
        Alert(
            kind=AlertKind.MAX_RETRIES_EXCEEDED,
            at=ports.clock.now(),
            correlation_id=work.correlation_id if work is not None else message.message_id,
            step=work.step if work is not None else None,
            retry_count=message.retry_count,
        )
    )
    return Done("parked for people")


def _redrive_work(message: DeadMessage, work: Work, ports: RedrivePorts) -> Done:
    decision, order = _record(work, ports)
    if isinstance(decision, Redrive):
        again = replace(work, retry_count=decision.retry_count, version=order.version)
        ports.queues.send(again, delay=decision.delay)
        return Done(f"redriven in {decision.delay} s")
    if isinstance(decision, GiveUp):
        if order.status is not Status.NEEDS_ATTENTION:  # the record alone wouldn't tell people
            ports.queues.park(message)
        ports.alerts.raise_(_alert(work, order, ports))
        return Done("handed to people")
    return Done("the order went on without it")


def _record(work: Work, ports: RedrivePorts) -> tuple[Decision, Order]:
    """What is decided, once the order's record says so."""
    decision: Decision = GiveUp()

    def change(order: Order) -> Order | None:
        nonlocal decision
        now = ports.clock.now()
        decision = decide(order, work, ports.schedule, now)
        if isinstance(decision, Redrive) and decision.record:
            at = now + timedelta(seconds=decision.delay)
            return redriven(order, work.step, decision.retry_count, at, now)
        if isinstance(decision, GiveUp):
            because = str(AlertKind.MAX_RETRIES_EXCEEDED)
            return given_up(order, work.step, because, now, reference=work.reference)
        return None

    order = update(ports.orders, work.order_id, change)
    return decision, order


def _alert(work: Work, order: Order, ports: RedrivePorts) -> Alert:
    return Alert(
        kind=AlertKind.MAX_RETRIES_EXCEEDED,
        at=ports.clock.now(),
        correlation_id=work.correlation_id,
        order_id=order.order_id,
        step=work.step,
        reference=work.reference,
        retry_count=work.retry_count,
    )
