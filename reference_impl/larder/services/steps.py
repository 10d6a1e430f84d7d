"""What all steps of the pipeline share: counting failed attempts, waiting, giving up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from larder.domain.changes import attempt_failed, is_due, postponed
from larder.domain.due_work import OF_ONE_PAYMENT, rests_until
from larder.domain.messages import Work
from larder.domain.order import Order
from larder.services.errors import BreakerOpen, UnknownOrder
from larder.services.outcomes import DeadLetter, Done, Outcome, Reason, RetryAfter
from larder.services.ports import Clock, Orders, Waits
from larder.services.updates import update

NOTHING_DUE = Done("nothing left to do")

CLOCKS_APART = 0.25
"""Seconds by which the clocks of two workers may differ: a message isn't held back for less."""


def wrong_queue(work: Work) -> DeadLetter:
    """For work that lies on a queue whose function doesn't do it; a redrive sends it rightly."""
    return DeadLetter(Reason.MALFORMED, f"This queue doesn't serve {work.step}.")


@dataclass(frozen=True, slots=True)
class StepPorts:
    """What every step needs; `chance` gives a number in [0, 1) for the jitter."""

    orders: Orders
    clock: Clock
    waits: Waits
    chance: Callable[[], float]


def run_step(work: Work, ports: StepPorts, do: Callable[[Order], Outcome]) -> Outcome:
    """Do the step on its order; make of whatever goes wrong an outcome, and never raise.

    A failed attempt is counted on the order. A call that an open breaker refused isn't one: the
    message comes back when the breaker may let a probe through.
    """
    try:
        order = ports.orders.get(work.order_id)
        if order is None:
            return DeadLetter(Reason.UNKNOWN_ORDER, f"There is no order {work.order_id}.")
        return _left_alone(order, work, ports) or do(order)
    except BreakerOpen as refusal:
        return _postpone(work, ports, refusal)
    except Exception as error:  # an unforeseen one is an attempt, too: it must not repeat for ever
        return _count(work, ports, error)


def _left_alone(order: Order, work: Work, ports: StepPorts) -> Outcome | None:
    """A message that came twice neither adds an attempt nor shortens a wait, be it that between two
    attempts or a redrive's. None when it is time for the step."""
    if work.step in OF_ONE_PAYMENT or not is_due(order, work.step, work.reference):
        return None
    if ports.waits.exhausted(order.attempts.get(work.step, 0)):
        return DeadLetter(Reason.EXHAUSTED, "every attempt was made before")
    until = rests_until(order, work.step)
    left = (until - ports.clock.now()).total_seconds() if until is not None else 0.0
    if left <= CLOCKS_APART:
        return None
    return RetryAfter(math.ceil(left), "the wait before the next attempt isn't over", counted=False)


def _postpone(work: Work, ports: StepPorts, refusal: BreakerOpen) -> Outcome:
    seconds = max(1, math.ceil(refusal.retry_after))
    now = ports.clock.now()
    until = now + timedelta(seconds=seconds)

    def change(order: Order) -> Order | None:
        if not is_due(order, work.step, work.reference):
            return None
        return postponed(order, work.step, work.reference, until, now)

    try:
        update(ports.orders, work.order_id, change)
    except Exception as error:  # only the reconciler's knowledge suffers
        return RetryAfter(seconds, str(refusal), counted=False, error=error)
    return RetryAfter(seconds, str(refusal), counted=False)


def _count(work: Work, ports: StepPorts, error: Exception) -> Outcome:
    because = f"{type(error).__name__}: {error}"

    seconds = 0

    def change(order: Order) -> Order | None:
        nonlocal seconds
        if not is_due(order, work.step, work.reference):
            return None
        made, now = order.attempts.get(work.step, 0) + 1, ports.clock.now()
        seconds = _wait(ports, made)
        over = work.step in OF_ONE_PAYMENT or ports.waits.exhausted(made)
        until = None if over else now + timedelta(seconds=seconds)
        return attempt_failed(order, work.step, work.reference, now, until)

    try:
        order = update(ports.orders, work.order_id, change)
    except UnknownOrder as unknown:
        return DeadLetter(Reason.UNKNOWN_ORDER, str(unknown), error)
    except Exception:  # the store is down: the queue's receive count is the backstop
        return RetryAfter(_wait(ports, 1), because, counted=False, error=error)
    if not is_due(order, work.step, work.reference):
        return NOTHING_DUE
    if ports.waits.exhausted(order.attempts[work.step]):
        return DeadLetter(Reason.EXHAUSTED, because, error)
    return RetryAfter(seconds, because, error=error)


def _wait(ports: StepPorts, attempt: int) -> int:
    return ports.waits.queue_wait_after(attempt, ports.chance)
