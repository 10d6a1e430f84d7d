"""A crash, or a lost answer, at any call of any use case changes nothing in the end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from larder.domain.lifecycle import Status
from larder.domain.order import Order, Step
from larder.domain.payments import ChargeStatus
from larder.services.ports import StatusEvent
from larder.services.request_link import LinkRequested

from tests.reference_impl.fakes import How, Trouble
from tests.reference_impl.samples import LINE, TOTAL
from tests.reference_impl.services.world import World


def _customer_pays(world: World) -> None:
    """The customer pays by the link that the order shows, and the provider announces it twice."""
    reference = world.order.payment_reference
    assert reference is not None
    world.provider.becomes(reference, ChargeStatus.SUCCESS)
    world.settle(reference)
    world.settle(reference, delay=5)


def _story(trouble: Trouble) -> World:
    """A list, a declined payment, a new link, a payment, and a late one by the first link."""
    world = World(trouble)
    world.submit()
    world.run(until=lambda: world.order.status is Status.PAYMENT_INITIATED)
    first = world.order.payment_reference
    assert first is not None
    world.provider.becomes(first, ChargeStatus.FAILED)
    answers = (world.ask_for_link() for _ in range(10))  # as often as a customer would click
    assert any(isinstance(answer, LinkRequested) for answer in answers)
    world.run(
        until=lambda: (
            world.order.status is Status.PAYMENT_INITIATED
            and world.order.payment_reference != first
        )
    )
    _customer_pays(world)
    world.provider.becomes(first, ChargeStatus.SUCCESS)
    world.settle(first)
    world.settle(first, delay=2)
    world.run(until=lambda: _is_over(world.order))
    world.run(seconds=2000)
    return world


def _is_over(order: Order) -> bool:
    return order.status is Status.FULFILLED and order.step is None and len(order.refunds) == 1


def _assert_right(world: World) -> None:
    order = world.order
    assert order.status is Status.FULFILLED
    assert order.step is None
    assert (order.lines, order.total) == ((LINE,), TOTAL)
    assert len(world.provider.charges) == 2
    assert len(world.provider.refunds) == 1
    world.check_money()
    kept = [entry.result for entry in world.audit.entries.values()]
    written = [o.status for o in world.orders.history]
    changes = [s for at, s in enumerate(written) if at == 0 or written[at - 1] is not s]
    assert kept == changes
    for audience in (world.bus, world.subscribers):
        assert heard(audience.events) == changes


def heard(events: Sequence[StatusEvent]) -> list[Status]:
    """What a listener makes of events, who drops repeats and takes nothing with a gap before it."""
    version, status = 0, None
    taken = []
    for event in events:
        if event.version <= version:
            continue
        assert event.previous is status
        version, status = event.version, event.status
        taken.append(event.status)
    return taken


CALLS = len(_story(Trouble()).trouble.calls)


def test_a_story_without_trouble_ends_well() -> None:
    _assert_right(_story(Trouble()))


@pytest.mark.parametrize("how", list(How))
def test_one_failure_at_any_call_ends_in_the_same_state(how: How) -> None:
    for call in range(1, CALLS + 1):
        world = _story(Trouble({call: how}))
        assert world.trouble.fired == 1
        _assert_right(world)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(1, CALLS + 20), st.sampled_from(list(How)), max_size=6))
def test_several_failures_anywhere_end_in_the_same_state(plan: dict[int, How]) -> None:
    _assert_right(_story(Trouble(plan)))


def test_no_more_than_one_refund_is_asked_for_without_trouble() -> None:
    assert len(_story(Trouble()).provider.refund_calls) == 1


def test_a_lost_answer_of_initialize_moves_on_to_the_next_reference() -> None:
    calls = _story(Trouble()).trouble.calls
    lost = calls.index("provider.initialize") + 1
    world = _story(Trouble({lost: How.LOST}))
    assert world.order.payment_attempt == 3
    assert Step.PAY not in world.order.attempts
