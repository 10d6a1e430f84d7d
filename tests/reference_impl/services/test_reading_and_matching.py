"""A list becomes products, with the model where it helps and without it where it fails."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from larder.domain.answers import ModelItem
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import Item, Step
from larder.services.errors import ModelNonsense, ModelUnavailable, PortError
from larder.services.fulfil import fulfil
from larder.services.match_products import match_products
from larder.services.outcomes import DeadLetter, Done, Outcome, RetryAfter
from larder.services.parse_list import (
    ANSWER_REJECTED,
    MODEL_UNAVAILABLE,
    ModelPorts,
    parse_list,
)

from tests.reference_impl.fakes import FakeBreaker, FakeModel
from tests.reference_impl.samples import ORDER_ID, an_order
from tests.reference_impl.services.world import World

TOMATOES = Item("tomatoes", Decimal(3), "kg")


def to_parse(text: str = "3 kg tomatoes") -> World:
    world = World()
    world.orders.put(an_order(grocery_list=text))
    return world


def to_match(*items: Item) -> World:
    world = World()
    world.orders.put(an_order(items=items, step=Step.MATCH))
    return world


def parse(world: World) -> Outcome:
    work = Work(ORDER_ID, Step.PARSE, 1, "corr-0001")
    return parse_list(work, world.steps, ModelPorts(world.model, world.breaker, 3))


def _a_while_later(world: World, do: Callable[[World], Outcome]) -> Outcome:
    world.clock.go_on(60)
    return do(world)


def match(world: World) -> Outcome:
    work = Work(ORDER_ID, Step.MATCH, 2, "corr-0001")
    model = ModelPorts(world.model, world.breaker, 3)
    return match_products(work, world.steps, world.catalogue, model)


def test_an_order_that_nobody_changed_meanwhile_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, reads = to_parse(), []
    get = world.orders.get
    monkeypatch.setattr(world.orders, "get", lambda order_id: reads.append(1) or get(order_id))
    assert parse(world) == Done("parsed")
    assert len(reads) == 1


def test_the_models_reading_is_taken_when_it_fits_the_list() -> None:
    world = to_parse()
    assert parse(world) == Done("parsed")
    assert world.order.items == (Item("tomatoes", Decimal(3), "kg", 0.9),)
    assert (world.order.step, world.order.degraded) == (Step.MATCH, False)


@pytest.mark.parametrize(
    "answer", [[ModelItem("champagne", 100, None, 1.0)], ModelNonsense("no tool call")]
)
def test_an_answer_that_does_not_fit_is_dropped_at_once(
    answer: list[ModelItem] | Exception,
) -> None:
    world = to_parse()
    world.model.answer = answer
    parse(world)
    assert world.order.items == (Item("tomatoes", Decimal(3), "kg", 0.5),)
    assert world.order.degraded_because == (ANSWER_REJECTED,)


def test_a_model_that_fails_is_asked_again_and_then_done_without() -> None:
    world = to_parse()
    world.model.answer = ModelUnavailable("throttled")
    outcomes = [_a_while_later(world, parse) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [RetryAfter, RetryAfter, Done]
    assert world.order.degraded_because == (MODEL_UNAVAILABLE,)
    assert world.order.attempts == {}


def test_an_open_breaker_means_doing_without_the_model_at_once() -> None:
    world = to_parse()
    world.breaker.refuses_for = 60
    assert parse(world) == Done(f"parsed, {MODEL_UNAVAILABLE}")
    assert world.model.asked == []


def test_work_that_lies_on_the_wrong_queue_is_a_dead_letter() -> None:
    world = to_parse()
    work = Work(ORDER_ID, Step.FULFIL, 1, "corr-0001")
    model = ModelPorts(world.model, world.breaker, 3)
    outcomes = [
        parse_list(work, world.steps, model),
        match_products(work, world.steps, world.catalogue, model),
        fulfil(replace(work, step=Step.PARSE), world.steps),
    ]
    assert [type(outcome) for outcome in outcomes] == [DeadLetter] * 3


def test_a_list_that_was_parsed_is_not_parsed_again() -> None:
    world = to_match(TOMATOES)
    assert parse(world) == Done("nothing left to do")
    assert world.model.asked == []


def test_a_parse_that_was_overtaken_changes_nothing() -> None:
    world = to_parse()
    overtaker = an_order(items=(TOMATOES,), step=Step.MATCH, version=6)
    world.orders.before_save = lambda: world.orders.put(overtaker)
    parse(world)
    assert world.order.version == 6


def test_plain_names_are_matched_without_the_model() -> None:
    world = to_match(TOMATOES, Item("caviar"))
    assert match(world) == Done("MATCHED")
    assert world.model.asked == []
    assert [line.product_id for line in world.order.lines] == ["vegetables-001"]
    assert [each.text for each in world.order.unmatched] == ["caviar"]
    assert (world.order.total, world.order.step) == (world.order.lines[0].line_total, Step.PAY)


def test_where_there_is_a_choice_the_model_chooses() -> None:
    world = to_match(TOMATOES, Item("oil", Decimal(2)))
    world.model.choices = ["pantry-002"]
    match(world)
    assert [line.product_id for line in world.order.lines] == ["vegetables-001", "pantry-002"]
    assert not world.order.degraded


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        (["vegetables-001"], ANSWER_REJECTED),
        (["pantry-001", "pantry-002"], ANSWER_REJECTED),
        (ModelNonsense("no tool call"), ANSWER_REJECTED),
        ([None], None),
    ],
)
def test_what_the_model_does_not_rightly_choose_is_suggested(
    choices: list[str | None] | PortError, reason: str | None
) -> None:
    world = to_match(TOMATOES, Item("oil"))
    world.model.choices = choices
    match(world)
    (left,) = world.order.unmatched
    assert [each.product_id for each in left.suggestions] == ["pantry-001", "pantry-002"]
    assert world.order.degraded_because == ((reason,) if reason else ())


def test_a_model_that_cannot_choose_is_asked_again_and_then_done_without() -> None:
    world = to_match(TOMATOES, Item("oil"))
    world.model.choices = ModelUnavailable("throttled")
    outcomes = [_a_while_later(world, match) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [RetryAfter, RetryAfter, Done]
    assert world.order.degraded_because == (MODEL_UNAVAILABLE,)


def test_with_an_open_breaker_nothing_is_chosen_for_the_customer() -> None:
    world = to_match(Item("oil"))
    world.breaker = FakeBreaker(refuses_for=60)
    world.model = FakeModel()
    match(world)
    assert world.order.status is Status.UNMATCHED
    assert world.order.degraded


def test_what_was_matched_is_not_matched_again() -> None:
    world = World()
    world.orders.put(an_order(Status.MATCHED))
    assert match(world) == Done("nothing left to do")
