"""However payments, declines, hints and requests interleave, one charge is applied."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.order import LinkState, Refund, Step
from larder.domain.payments import ChargeStatus, reference_for
from larder.services.outcomes import Done, RetryAfter
from larder.services.pay import pay
from larder.services.ports import InitializeRequest
from larder.services.refund import RefundRules, refund
from larder.services.settle import settle

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import ORDER_ID, SECOND, an_order
from tests.reference_impl.services.world import World

LINKS = st.integers(1, 3)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pays"), LINKS),
        st.tuples(st.just("is declined"), LINKS),
        st.tuples(st.just("hint"), LINKS),
        st.tuples(st.just("late hint"), LINKS),
        st.tuples(st.just("asks for a link"), LINKS),
        st.tuples(st.just("time passes"), LINKS),
    ),
    max_size=20,
)


def _with_link() -> World:
    world = World()
    world.submit()
    world.run(until=lambda: world.order.status is Status.PAYMENT_INITIATED)
    return world


def _happens(world: World, event: str, number: int) -> None:
    reference = reference_for(world.order.order_id, number)
    if event == "pays" and reference in world.provider.known:
        world.provider.becomes(reference, ChargeStatus.SUCCESS)
    elif event == "is declined" and reference in world.provider.known:
        world.provider.becomes(reference, ChargeStatus.FAILED)
    elif event == "hint":
        world.settle(reference)
    elif event == "late hint":
        world.settle(reference, delay=number * 100)
    elif event == "asks for a link":
        world.ask_for_link(f"link-000{number}")
    else:
        world.run(seconds=number * 10)


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_one_charge_is_applied_and_every_other_given_back(events: list[tuple[str, int]]) -> None:
    world = _with_link()
    for event, number in events:
        _happens(world, event, number)
    for charge in world.provider.charges:  # the provider repeats its webhooks for days
        world.settle(charge.reference)
    world.run(seconds=3000)
    world.check_money()
    paid = bool(world.provider.charges)
    assert (world.order.status is Status.FULFILLED) is paid
    assert len(world.provider.refund_calls) == len(world.provider.refunds)


def _two_paid_links() -> tuple[World, str, str]:
    world = _with_link()
    first, second = (reference_for(world.order.order_id, n) for n in (1, 2))
    world.provider.becomes(first, ChargeStatus.FAILED)
    world.ask_for_link()
    world.run(until=lambda: world.order.payment_reference == second)
    for reference in (first, second):
        world.provider.becomes(reference, ChargeStatus.SUCCESS)
    return world, first, second


def test_two_charges_settled_at_the_same_moment_leave_one_applied() -> None:
    world, first, second = _two_paid_links()
    version = world.order.version

    def meanwhile() -> None:
        world.orders.before_save = lambda: None
        work = Work(world.order.order_id, Step.SETTLE, version, "corr-0002", second)
        settle(work, world.steps, world.payments)

    world.orders.before_save = meanwhile
    settle(
        Work(world.order.order_id, Step.SETTLE, version, "corr-0001", first),
        world.steps,
        world.payments,
    )
    world.run(seconds=1000)
    assert world.order.charged_reference == second
    world.check_money()


def test_two_workers_at_one_refund_ask_the_provider_once() -> None:
    world = World()
    world.orders.put(an_order(Status.PAID, refunds=(Refund(SECOND, "77"),), step=Step.REFUND))
    work = Work(ORDER_ID, Step.REFUND, 9, "corr-0001", SECOND)
    others = []

    def meanwhile() -> None:
        world.orders.before_save = lambda: None
        others.append(refund(work, world.steps, world.payments, RefundRules()))

    world.orders.before_save = meanwhile
    outcome = refund(work, world.steps, world.payments, RefundRules())
    assert others == [Done(f"gave {SECOND} back")]
    assert outcome == Done("nothing left to do")
    assert world.provider.refund_calls == ["77"]


def test_a_refund_under_way_keeps_another_worker_waiting() -> None:
    world = World()
    claimed = Refund(SECOND, "77", claimed_until=START + timedelta(seconds=30))
    world.orders.put(an_order(Status.PAID, refunds=(claimed,), step=Step.REFUND))
    work = Work(ORDER_ID, Step.REFUND, 9, "corr-0001", SECOND)
    outcome = refund(work, world.steps, world.payments, RefundRules())
    assert outcome == RetryAfter(30, "another worker asks for it", counted=False)
    world.clock.go_on(30)
    assert refund(work, world.steps, world.payments, RefundRules()) == Done(f"gave {SECOND} back")


def _to_be_paid() -> tuple[World, Work]:
    world = World()
    world.orders.put(an_order(Status.MATCHED))
    return world, Work(ORDER_ID, Step.PAY, 5, "corr-0001")


def test_two_workers_at_one_link_show_the_customer_one_link() -> None:
    world, work = _to_be_paid()

    def meanwhile() -> None:
        world.orders.before_save = lambda: None
        pay(work, world.steps, world.links, world.payments)

    world.orders.before_save = meanwhile
    pay(work, world.steps, world.links, world.payments)
    shown = [order.payment_link for order in world.orders.history]
    assert shown == ["https://pay.example/1000"]


def test_a_claim_that_another_worker_took_up_is_lost_to_the_slower_one() -> None:
    world, work = _to_be_paid()
    initialize = world.provider.initialize

    def slow(request: InitializeRequest) -> str:
        world.provider.initialize = initialize  # type: ignore[method-assign]
        url = initialize(request)
        pay(work, world.steps, world.links, world.payments)
        return url

    world.provider.initialize = slow  # type: ignore[method-assign]
    pay(work, world.steps, world.links, world.payments)
    assert [order.payment_attempt for order in world.orders.history] == [2]
    states = [link.state for link in world.links.stored.values()]
    assert states == [LinkState.OPEN, LinkState.OPEN]
