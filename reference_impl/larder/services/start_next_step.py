"""From an order's record to the message of the work that became due."""

from __future__ import annotations

from larder.domain.due_work import work_begun
from larder.domain.messages import Work
from larder.domain.order import Order
from larder.services.ports import WorkQueues


def start_next_step(
    before: Order | None, after: Order | None, queues: WorkQueues
) -> tuple[Work, ...]:
    """Send what a change of the orders table made due; gives what was sent.

    Raises StoreUnavailable: then the stream brings the change again, and steps bear repetition.
    """
    begun = work_begun(before, after) if after is not None else ()
    for work in begun:
        queues.send(work)
    return begun
