"""Reading a list: by the model, believed only as far as the list goes; else without it."""

from __future__ import annotations

from dataclasses import dataclass

from larder.domain.answers import UntrustedAnswer, believe
from larder.domain.changes import is_due, parsed
from larder.domain.lists import parse
from larder.domain.messages import Work
from larder.domain.order import Item, Order, Step
from larder.services.errors import BreakerOpen, ModelNonsense, ModelUnavailable
from larder.services.outcomes import Done, Outcome
from larder.services.ports import Breaker, Model
from larder.services.steps import NOTHING_DUE, StepPorts, run_step, wrong_queue
from larder.services.updates import update_seen

MODEL_UNAVAILABLE = "model unavailable"
ANSWER_REJECTED = "model answer rejected"


@dataclass(frozen=True, slots=True)
class ModelPorts:
    """The model behind its breaker; a step asks it in its first `attempts` attempts."""

    model: Model
    breaker: Breaker
    attempts: int

    def is_last_try(self, order: Order, step: Step) -> bool:
        """Whether the attempt under way is the last that may wait for the model."""
        return order.attempts.get(step, 0) + 1 >= self.attempts


def parse_list(work: Work, ports: StepPorts, model: ModelPorts) -> Outcome:
    """Do the parse step of an order."""

    def do(order: Order) -> Outcome:
        if work.step is not Step.PARSE:
            return wrong_queue(work)
        if not is_due(order, Step.PARSE):
            return NOTHING_DUE
        items, degraded_because = _read(order, model)
        now = ports.clock.now()
        update_seen(
            ports.orders,
            order,
            lambda stored: (
                parsed(stored, items, degraded_because, now) if is_due(stored, Step.PARSE) else None
            ),
        )
        return Done("parsed" if degraded_because is None else f"parsed, {degraded_because}")

    return run_step(work, ports, do)


def _read(order: Order, ports: ModelPorts) -> tuple[tuple[Item, ...], str | None]:
    text = order.grocery_list
    try:
        return believe(text, ports.breaker.call(lambda: ports.model.parse(text))), None
    except (UntrustedAnswer, ModelNonsense):
        return parse(text), ANSWER_REJECTED
    except BreakerOpen:
        return parse(text), MODEL_UNAVAILABLE
    except ModelUnavailable:
        if not ports.is_last_try(order, Step.PARSE):
            raise
        return parse(text), MODEL_UNAVAILABLE
