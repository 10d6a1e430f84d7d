"""What becomes of a dead letter. The delays grow; after the last one people take over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from larder.domain.changes import is_due
from larder.domain.due_work import OF_ONE_PAYMENT
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import Order

MAX_DELAY = 900  # the queue's own limit, in seconds


@dataclass(frozen=True, slots=True)
class Redrive:
    """Back to the work queue after `delay` seconds; `record` it on the order first unless it is
    recorded already (and only its sending may have been lost)."""

    delay: int
    retry_count: int
    record: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The redrives are used up: for people."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The order went on without it; there is nothing left to do."""


Decision: TypeAlias = Redrive | GiveUp | Drop


@dataclass(frozen=True, slots=True)
class RedriveSchedule:
    """Seconds before the first, second … redrive."""

    delays: tuple[int, ...] = (60, 120, 240)

    def delay(self, retry_count: int) -> int | None:
        """The delay of the redrive after `retry_count` others; None when there is none left."""
        return min(self.delays[retry_count], MAX_DELAY) if retry_count < len(self.delays) else None


def decide_stray(retry_count: int, schedule: RedriveSchedule) -> Decision:
    """For a message that no order stands behind: it carries its own count."""
    delay = schedule.delay(retry_count)
    return GiveUp() if delay is None else Redrive(delay, retry_count + 1, record=False)


def decide(order: Order, work: Work, schedule: RedriveSchedule, now: datetime) -> Decision:
    """For a piece of work on an order.

    A count on the order above the message's says that this redrive was recorded before (the worker
    died in between, or a copy of the message was first): then it is only sent again.
    """
    if _is_of_before(order, work):
        return Drop()
    if not is_due(order, work.step, work.reference):
        # Handed over already, but perhaps nobody was told: tell (again) rather than never.
        handed_over = order.status is Status.NEEDS_ATTENTION
        used_up = schedule.delay(work.retry_count) is None
        return GiveUp() if handed_over and used_up else Drop()
    if order.retry_step is work.step and order.retry_count > work.retry_count:
        return Redrive(_seconds_left(order, now), order.retry_count, record=False)
    delay = schedule.delay(work.retry_count)
    return GiveUp() if delay is None else Redrive(delay, work.retry_count + 1, record=True)


def _is_of_before(order: Order, work: Work) -> bool:
    """Whether the step became due anew since: people sent the order on, say, while a copy of its
    last message lay here. The new message is on its way; the old one's failures don't count."""
    anew = order.step is work.step and work.version < order.step_version
    return anew and work.step not in OF_ONE_PAYMENT


def _seconds_left(order: Order, now: datetime) -> int:
    if order.scheduled_at is None:
        return 0
    left = (order.scheduled_at - now).total_seconds()
    return min(max(0, round(left)), MAX_DELAY)
