"""Links, settling, refunds and fulfilment, one message at a time."""

import pytest
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.money import Money
from larder.domain.order import LinkState, PaymentLink, Refund, RefundState, Step
from larder.domain.payments import ChargeStatus, Transaction
from larder.services.errors import (
    AlreadyRefunded,
    BreakerOpen,
    ProviderRefused,
    ProviderUnavailable,
)
from larder.services.fulfil import fulfil
from larder.services.outcomes import DeadLetter, Done, Outcome, Reason, RetryAfter
from larder.services.pay import MOST_LOST_LINKS
from larder.services.ports import AlertKind
from larder.services.process_payment import process_payment
from larder.services.refund import RefundRules

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import FIRST, ORDER_ID, SECOND, TOTAL, an_order
from tests.reference_impl.services.world import World


def at(status: Status, **changes: object) -> World:
    world = World()
    world.orders.put(an_order(status, **changes))
    return world


def do(world: World, step: Step, reference: str | None = None) -> Outcome:
    work = Work(ORDER_ID, step, 5, "corr-0001", reference)
    return process_payment(work, world.steps, world.links, world.payments, RefundRules())


def test_a_link_is_made_for_the_orders_total() -> None:
    world = at(Status.MATCHED)
    assert do(world, Step.PAY) == Done(f"made {FIRST}")
    assert world.provider.known[FIRST].amount == TOTAL
    assert world.order.status is Status.PAYMENT_INITIATED
    assert (world.order.payment_link, world.order.payment_attempt) == (
        "https://pay.example/1000",
        1,
    )


def test_a_link_that_is_known_but_was_not_shown_is_used() -> None:
    world = at(Status.MATCHED)
    world.links.open(
        PaymentLink(ORDER_ID, 1, FIRST, TOTAL, START, LinkState.OPEN, "https://pay.example/9")
    )
    do(world, Step.PAY)
    assert world.order.payment_link == "https://pay.example/9"
    assert world.provider.known == {}


def test_a_link_whose_answer_was_lost_makes_room_for_the_next() -> None:
    world = at(Status.MATCHED)
    world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)
    do(world, Step.PAY)
    assert world.links.stored[ORDER_ID, 1].state is LinkState.LOST
    assert world.order.payment_reference == SECOND


def test_links_that_are_lost_one_after_the_other_end_the_attempt() -> None:
    world = at(Status.MATCHED)
    for number in range(1, MOST_LOST_LINKS + 1):
        world.provider.becomes(f"{FIRST[:-1]}{number}", ChargeStatus.OPEN, TOTAL)
    outcome = do(world, Step.PAY)
    assert isinstance(outcome, RetryAfter)
    assert "lost in a row" in outcome.because


@pytest.mark.parametrize(
    "error", [ProviderUnavailable("no answer"), ProviderRefused("invalid", status=400)]
)
def test_a_provider_that_makes_no_link_is_asked_again(error: Exception) -> None:
    world = at(Status.MATCHED)
    world.provider.down = error
    assert isinstance(do(world, Step.PAY), RetryAfter)
    assert world.order.attempts == {Step.PAY: 1}
    assert world.links.stored[ORDER_ID, 1].state is LinkState.CLAIMED


def test_an_order_without_a_total_is_never_sent_to_the_provider() -> None:
    world = at(Status.MATCHED, total=None)
    assert isinstance(do(world, Step.PAY), RetryAfter)
    assert world.provider.known == {}


def test_before_another_link_the_last_one_is_asked_about() -> None:
    world = at(Status.PAYMENT_FAILED, wants_link=True, step=Step.PAY)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)
    assert do(world, Step.PAY) == Done("the last link was paid meanwhile")
    assert world.order.status is Status.PAID
    assert list(world.provider.known) == [FIRST]


def test_a_link_that_is_no_longer_wanted_is_not_made() -> None:
    world = at(Status.PAID)
    assert do(world, Step.PAY) == Done("nothing left to do")
    assert world.provider.known == {}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ChargeStatus.SUCCESS, Status.PAID),
        (ChargeStatus.FAILED, Status.PAYMENT_FAILED),
        (ChargeStatus.REVERSED, Status.PAYMENT_FAILED),
        (ChargeStatus.OPEN, Status.PAYMENT_INITIATED),
    ],
)
def test_an_order_becomes_what_the_provider_says(said: ChargeStatus, status: Status) -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, said, TOTAL)
    assert do(world, Step.SETTLE, FIRST) == Done(f"{FIRST} is {said}")
    assert world.order.status is status


def test_a_reference_that_the_provider_never_heard_of_changes_nothing() -> None:
    world = at(Status.PAYMENT_INITIATED)
    assert do(world, Step.SETTLE, FIRST) == Done(f"{FIRST} is unknown")
    assert world.orders.history == []


def test_a_settled_reference_is_not_asked_about_again() -> None:
    world = at(Status.PAID)
    world.provider.down = ProviderUnavailable("no answer")
    assert do(world, Step.SETTLE, FIRST) == Done("nothing left to do")


@pytest.mark.parametrize("reference", [None, "", "ldr-x", SECOND.replace("5f0c", "0000")])
def test_a_reference_of_another_order_is_a_dead_letter(reference: str | None) -> None:
    outcome = do(at(Status.PAYMENT_INITIATED), Step.SETTLE, reference)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason is Reason.MALFORMED


@pytest.mark.parametrize("amount", [Money(1, "NGN"), Money(540000, "USD")])
def test_money_that_does_not_fit_is_for_people(amount: Money) -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, amount)
    do(world, Step.SETTLE, FIRST)
    assert (world.order.status, world.order.charge_id) == (Status.NEEDS_ATTENTION, None)
    (alert,) = world.alerts.raised
    assert (alert.kind, alert.reference) == (AlertKind.CHARGE_MISMATCH, FIRST)
    assert world.order.refunds[0].state is RefundState.MISMATCHED


def test_people_are_told_again_when_they_may_not_have_been() -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, Money(1, "NGN"))
    do(world, Step.SETTLE, FIRST)
    assert do(world, Step.SETTLE, FIRST) == Done("nothing left to do")
    assert len(world.alerts.raised) == 2


def test_money_that_comes_before_its_link_is_known_is_asked_about_again() -> None:
    world = at(Status.MATCHED)
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)
    outcome = do(world, Step.SETTLE, FIRST)
    assert isinstance(outcome, RetryAfter)
    assert outcome.because.startswith("TooEarly")


def test_an_answer_about_another_reference_is_no_answer() -> None:
    world = at(Status.PAYMENT_INITIATED)
    world.provider.known[FIRST] = Transaction("1", SECOND, ChargeStatus.SUCCESS, TOTAL)
    assert isinstance(do(world, Step.SETTLE, FIRST), RetryAfter)
    assert world.order.attempts == {Step.SETTLE: 1}
    assert world.breaker.failures == 0  # it was reached


def test_an_answer_ends_the_row_of_failures_even_when_nothing_moved() -> None:
    world = at(Status.PAYMENT_INITIATED, attempts={Step.SETTLE: 4, Step.PAY: 1})
    world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)
    do(world, Step.SETTLE, FIRST)
    assert world.order.attempts == {Step.PAY: 1}


def test_a_row_of_failures_that_somebody_ended_is_left_alone() -> None:
    world = at(Status.PAYMENT_INITIATED, attempts={Step.SETTLE: 4})
    world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)

    def meanwhile() -> None:
        world.orders.before_save = lambda: None
        world.orders.put(an_order(Status.PAYMENT_INITIATED, version=6))

    world.orders.before_save = meanwhile
    do(world, Step.SETTLE, FIRST)
    assert world.order.version == 6


def test_a_second_charge_is_given_back_once() -> None:
    world = at(Status.FULFILLED)
    world.provider.becomes(SECOND, ChargeStatus.SUCCESS, TOTAL)
    do(world, Step.SETTLE, SECOND)
    assert world.order.step is Step.REFUND
    assert do(world, Step.REFUND, SECOND) == Done(f"gave {SECOND} back")
    assert do(world, Step.REFUND, SECOND) == Done("nothing left to do")
    assert world.provider.refund_calls == [world.provider.known[SECOND].transaction_id]
    assert world.order.refunds[0].state is RefundState.DONE


def test_a_refund_that_the_provider_made_already_is_done() -> None:
    world = at(Status.PAID, refunds=(Refund(SECOND, "77"),), step=Step.REFUND)
    world.provider.down = AlreadyRefunded("fully reversed", status=400)
    assert do(world, Step.REFUND, SECOND) == Done(f"gave {SECOND} back")


@pytest.mark.parametrize("error", [ProviderUnavailable("no answer"), BreakerOpen("paystack", 9)])
def test_a_refund_that_fails_frees_its_claim(error: Exception) -> None:
    world = at(Status.PAID, refunds=(Refund(SECOND, "77"),), step=Step.REFUND)
    world.provider.down = error
    assert isinstance(do(world, Step.REFUND, SECOND), RetryAfter)
    assert world.order.refunds == (Refund(SECOND, "77"),)


def test_a_refund_done_by_another_in_the_end_is_not_recorded_twice() -> None:
    world = at(Status.PAID, refunds=(Refund(SECOND, "77"),), step=Step.REFUND)
    refund = world.provider.refund

    def overtaken(transaction_id: str) -> None:
        refund(transaction_id)
        done = Refund(SECOND, "77", RefundState.DONE)
        world.orders.put(an_order(Status.PAID, refunds=(done,), version=9))

    world.provider.refund = overtaken  # type: ignore[method-assign]
    do(world, Step.REFUND, SECOND)
    assert world.order.version == 9


def test_a_paid_order_is_fulfilled_once() -> None:
    world = at(Status.PAID)
    work = Work(ORDER_ID, Step.FULFIL, 5, "corr-0001")
    outcomes = [fulfil(work, world.steps) for _ in range(2)]
    assert outcomes == [Done("fulfilled"), Done("nothing left to do")]
    assert [order.status for order in world.orders.history] == [Status.FULFILLED]


@pytest.mark.parametrize("step", [Step.PARSE, Step.MATCH, Step.FULFIL])
def test_the_pay_queue_does_not_serve_other_steps(step: Step) -> None:
    outcome = do(at(Status.PAID), step)
    assert isinstance(outcome, DeadLetter)
    assert outcome.reason is Reason.MALFORMED
