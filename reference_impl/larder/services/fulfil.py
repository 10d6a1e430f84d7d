"""Carrying a paid order out."""

from __future__ import annotations

from larder.domain.changes import fulfilled, is_due
from larder.domain.messages import Work
from larder.domain.order import Order, Step
from larder.services.outcomes import Done, Outcome
from larder.services.steps import NOTHING_DUE, StepPorts, run_step, wrong_queue
from larder.services.updates import update_seen


def fulfil(work: Work, ports: StepPorts) -> Outcome:
    """Do the fulfil step of an order: one conditional write; its stream tells everybody."""

    def do(order: Order) -> Outcome:
        if work.step is not Step.FULFIL:
            return wrong_queue(work)
        if not is_due(order, Step.FULFIL):
            return NOTHING_DUE
        now = ports.clock.now()
        update_seen(
            ports.orders,
            order,
            lambda stored: fulfilled(stored, now) if is_due(stored, Step.FULFIL) else None,
        )
        return Done("fulfilled")

    return run_step(work, ports, do)
