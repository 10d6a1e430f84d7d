"""Finding the products: by their names; the model only chooses where those leave a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from larder.domain.catalogue import Product
from larder.domain.changes import is_due, matched
from larder.domain.matching import (
    Ambiguous,
    Match,
    Shelves,
    lines_of,
    suggestions_of,
    unmatched,
)
from larder.domain.messages import Work
from larder.domain.order import Item, Line, Order, Step, Unmatched
from larder.services.errors import BreakerOpen, ModelNonsense, ModelUnavailable
from larder.services.outcomes import Done, Outcome
from larder.services.parse_list import ANSWER_REJECTED, MODEL_UNAVAILABLE, ModelPorts
from larder.services.ports import Catalogue, Question
from larder.services.steps import NOTHING_DUE, StepPorts, run_step, wrong_queue
from larder.services.updates import update_seen


@dataclass(frozen=True, slots=True)
class _Matching:
    lines: tuple[Line, ...]
    unmatched: tuple[Unmatched, ...]
    degraded_because: str | None


def match_products(
    work: Work, ports: StepPorts, catalogue: Catalogue, model: ModelPorts
) -> Outcome:
    """Do the match step of an order."""

    def do(order: Order) -> Outcome:
        if work.step is not Step.MATCH:
            return wrong_queue(work)
        if not is_due(order, Step.MATCH):
            return NOTHING_DUE
        found = _match(order, Shelves(catalogue.products()), model)
        now = ports.clock.now()
        after = update_seen(
            ports.orders,
            order,
            lambda stored: (
                matched(stored, found.lines, found.unmatched, found.degraded_because, now)
                if is_due(stored, Step.MATCH)
                else None
            ),
        )
        return Done(str(after.status))

    return run_step(work, ports, do)


def _match(order: Order, shelves: Shelves, model: ModelPorts) -> _Matching:
    found = [(item, shelves.find(item)) for item in order.items or ()]
    questions = {
        at: Question(item.name, finding.candidates)
        for at, (item, finding) in enumerate(found)
        if isinstance(finding, Ambiguous)
    }
    chosen, degraded_because = _choose(order, questions, model)
    wanted: list[tuple[Item, Product]] = []
    missing: list[Unmatched] = []
    for at, (item, finding) in enumerate(found):
        product = finding.product if isinstance(finding, Match) else chosen.get(at)
        if product is not None:
            wanted.append((item, product))
        else:
            missing.append(unmatched(item, suggestions_of(finding)))
    return _Matching(lines_of(wanted), tuple(missing), degraded_because)


def _choose(
    order: Order, questions: Mapping[int, Question], ports: ModelPorts
) -> tuple[dict[int, Product | None], str | None]:
    """The model's choices by item; without the model nothing is chosen for the customer."""
    if not questions:
        return {}, None
    asked = list(questions.values())
    try:
        answers = ports.breaker.call(lambda: ports.model.choose(asked))
        return dict(zip(questions, _believe(asked, answers), strict=True)), None
    except ModelNonsense:
        return {}, ANSWER_REJECTED
    except BreakerOpen:
        return {}, MODEL_UNAVAILABLE
    except ModelUnavailable:
        if not ports.is_last_try(order, Step.MATCH):
            raise
        return {}, MODEL_UNAVAILABLE


def _believe(asked: Sequence[Question], answers: Sequence[str | None]) -> list[Product | None]:
    """The chosen products; raises ModelNonsense for a choice that wasn't offered."""
    if len(answers) != len(asked):
        raise ModelNonsense("The model didn't answer each question once.")
    return [_candidate(question, answer) for question, answer in zip(asked, answers, strict=True)]


def _candidate(question: Question, answer: str | None) -> Product | None:
    if answer is None:
        return None
    for product in question.candidates:
        if product.product_id == answer:
            return product
    raise ModelNonsense("The model chose a product that wasn't offered.")
