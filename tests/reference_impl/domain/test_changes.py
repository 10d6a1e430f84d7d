"""Every change of an order is lawful, counted, and says what is due next."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from larder.domain import changes
from larder.domain.errors import IllegalStep
from larder.domain.lifecycle import PEOPLE_MAY_TAKE_OVER, Status, is_legal
from larder.domain.order import (
    Item,
    LinkState,
    Order,
    PaymentLink,
    Refund,
    RefundState,
    Step,
    Unmatched,
)
from larder.domain.payments import ChargeStatus, Transaction, Verdict, judge, reference_for

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import FIRST, LINE, ORDER_ID, SECOND, TOTAL, an_order

NOW = START + timedelta(seconds=1)
PAID = Transaction("1", FIRST, ChargeStatus.SUCCESS, TOTAL)


def link(attempt: int) -> PaymentLink:
    reference = reference_for(ORDER_ID, attempt)
    return PaymentLink(
        ORDER_ID, attempt, reference, TOTAL, NOW, LinkState.OPEN, "https://x.example"
    )


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (Status.PENDING_MATCHING, Step.PARSE),
        (Status.MATCHED, Step.PAY),
        (Status.UNMATCHED, None),
        (Status.PAYMENT_INITIATED, Step.SETTLE),
        (Status.PAYMENT_FAILED, None),
        (Status.PAID, Step.FULFIL),
        (Status.FULFILLED, None),
        (Status.NEEDS_ATTENTION, None),
    ],
)
def test_the_status_says_what_is_due(status: Status, step: Step | None) -> None:
    assert changes.step_due(an_order(status)) is step


def test_an_order_without_any_line_ends_unmatched() -> None:
    order = an_order(items=(Item("caviar"),), step=Step.MATCH)
    after = changes.matched(order, [], [Unmatched("caviar")], "model unavailable", NOW)
    assert (after.status, after.step, after.total) == (Status.UNMATCHED, None, None)
    assert after.degraded


def test_success_forgets_the_failures_of_its_step_alone() -> None:
    order = an_order(attempts={Step.PARSE: 2, Step.PAY: 1}, retry_count=2, scheduled_at=NOW)
    after = changes.parsed(order, [Item("rice")], None, NOW)
    assert (after.attempts, after.retry_count, after.scheduled_at) == ({Step.PAY: 1}, 0, None)
    assert (after.step, after.step_version) == (Step.MATCH, after.version)


def test_a_failed_attempt_leaves_the_step_due_since_when_it_was() -> None:
    order = an_order(Status.MATCHED, step_version=4)
    after = changes.attempt_failed(order, Step.PAY, None, NOW)
    assert (after.attempts, after.step, after.step_version) == ({Step.PAY: 1}, Step.PAY, 4)


def test_only_the_failed_refund_gives_its_claim_up() -> None:
    refunds = (Refund(FIRST, "1", claimed_until=NOW), Refund(SECOND, "2", claimed_until=NOW))
    after = changes.attempt_failed(an_order(Status.PAID, refunds=refunds), Step.REFUND, SECOND, NOW)
    assert [refund.claimed_until for refund in after.refunds] == [NOW, None]


def test_a_change_that_the_lifecycle_does_not_allow_is_refused() -> None:
    with pytest.raises(IllegalStep, match="PENDING_MATCHING can't become PAYMENT_INITIATED"):
        changes.link_made(an_order(), link(1), NOW)


def test_an_unpaid_order_cannot_be_fulfilled() -> None:
    with pytest.raises(IllegalStep, match="without a charge"):
        changes.fulfilled(an_order(Status.PAID, charge_id=None), NOW)


def test_only_a_failed_payment_makes_room_for_a_link() -> None:
    with pytest.raises(IllegalStep, match="can't have a new link"):
        changes.link_requested(an_order(Status.PAYMENT_INITIATED), "request", NOW)


def test_only_a_verdict_that_says_so_changes_the_order() -> None:
    with pytest.raises(IllegalStep, match="changes nothing"):
        changes.settled(an_order(Status.PAYMENT_INITIATED), PAID, Verdict.NOTHING, NOW)


def test_only_an_order_that_needs_it_is_healed() -> None:
    with pytest.raises(IllegalStep, match="needs no healing"):
        changes.healed(an_order(Status.PAID), NOW)


@pytest.mark.parametrize("status", sorted(PEOPLE_MAY_TAKE_OVER))
def test_a_healed_order_goes_on_from_where_it_was(status: Status) -> None:
    order = an_order(status, attempts={Step.PAY: 6}, retry_count=3)
    step = order.step or Step.PAY
    given_up = changes.given_up(order, step, "max retries exceeded", NOW)
    assert given_up is not None
    assert (given_up.status, given_up.step) == (Status.NEEDS_ATTENTION, None)
    healed = changes.healed(given_up, NOW)
    assert (healed.status, healed.step) == (status, order.step)
    assert (healed.attempts, healed.retry_count) == ({}, 0)


def test_a_refund_that_is_given_up_leaves_the_order_as_it_is() -> None:
    refunds = (Refund(FIRST, "1", RefundState.DONE), Refund(SECOND, "2"))
    order = an_order(Status.FULFILLED, refunds=refunds, step=Step.REFUND)
    after = changes.given_up(order, Step.REFUND, "max retries exceeded", NOW)
    assert after is not None
    assert (after.status, after.step) == (Status.FULFILLED, None)
    assert [refund.state for refund in after.refunds] == [RefundState.DONE, RefundState.HELD]
    assert changes.given_up(after, Step.REFUND, "max retries exceeded", NOW) is None


def test_giving_up_one_refund_does_not_hold_the_others() -> None:
    order = an_order(
        Status.FULFILLED, refunds=(Refund(FIRST, "1"), Refund(SECOND, "2")), step=Step.REFUND
    )
    after = changes.given_up(order, Step.REFUND, "max retries exceeded", NOW, reference=FIRST)
    assert after is not None
    assert [refund.state for refund in after.refunds] == [RefundState.HELD, RefundState.DUE]
    assert after.step is Step.REFUND


@pytest.mark.parametrize("status", [Status.PAID, Status.FULFILLED, Status.MATCHED])
def test_a_payment_in_doubt_stops_no_order_that_does_not_wait_for_it(status: Status) -> None:
    assert changes.given_up(an_order(status), Step.SETTLE, "max retries exceeded", NOW) is None


def test_a_refund_due_does_not_hold_fulfilment_up() -> None:
    order = an_order(Status.PAID, refunds=(Refund(SECOND, "2"),), step=Step.REFUND)
    assert changes.is_due(order, Step.FULFIL)
    done = changes.fulfilled(order, NOW)
    assert (done.status, done.step) == (Status.FULFILLED, Step.REFUND)


def test_settling_is_due_until_the_reference_is_settled() -> None:
    order = an_order(Status.PAID)
    assert not changes.is_due(order, Step.SETTLE, FIRST)
    assert changes.is_due(order, Step.SETTLE, SECOND)
    assert not changes.is_due(order, Step.SETTLE)


class AnOrdersLife(RuleBasedStateMachine):
    """Any sequence of changes that their preconditions allow."""

    def __init__(self) -> None:
        super().__init__()
        self.order = an_order(version=1)
        self.before = self.order
        self.charges: set[str] = set()

    def become(self, order: Order | None) -> None:
        if order is not None:
            self.before, self.order = self.order, order

    @precondition(lambda self: self.order.step is Step.PARSE)
    @rule()
    def parse(self) -> None:
        self.become(changes.parsed(self.order, [Item("tomatoes")], None, NOW))

    @precondition(lambda self: self.order.step is Step.MATCH)
    @rule()
    def match(self) -> None:
        self.become(changes.matched(self.order, [LINE], [], None, NOW))

    @precondition(lambda self: self.order.step is Step.PAY)
    @rule()
    def make_link(self) -> None:
        self.become(changes.link_made(self.order, link(self.order.payment_attempt + 1), NOW))

    @precondition(lambda self: self.order.payment_attempt > 0)
    @rule(data=st.data(), status=st.sampled_from(ChargeStatus), right=st.booleans())
    def hear_of_payment(self, data: st.DataObject, status: ChargeStatus, right: bool) -> None:
        attempt = data.draw(st.integers(1, self.order.payment_attempt))
        amount = TOTAL if right else LINE.unit_price
        reference = reference_for(ORDER_ID, attempt)
        transaction = Transaction(f"charge {attempt}", reference, status, amount)
        verdict = judge(self.order, transaction)
        assert verdict is not Verdict.EARLY
        if verdict is not Verdict.NOTHING:
            self.become(changes.settled(self.order, transaction, verdict, NOW))

    @precondition(lambda self: self.order.status is Status.PAYMENT_FAILED)
    @rule()
    def ask_for_link(self) -> None:
        self.become(changes.link_requested(self.order, "request", NOW))

    @precondition(lambda self: self.order.status is Status.PAID)
    @rule()
    def fulfil(self) -> None:
        self.become(changes.fulfilled(self.order, NOW))

    @precondition(lambda self: self.order.step is Step.REFUND)
    @rule()
    def refund(self) -> None:
        due = next(r for r in self.order.refunds if r.state is RefundState.DUE)
        self.become(changes.refund_claimed(self.order, due, NOW, NOW))
        self.become(changes.refund_done(self.order, due, NOW))

    @precondition(lambda self: self.order.step is not None)
    @rule()
    def give_up(self) -> None:
        assert self.order.step is not None
        self.become(changes.given_up(self.order, self.order.step, "max retries exceeded", NOW))

    @precondition(lambda self: self.order.status is Status.NEEDS_ATTENTION)
    @rule()
    def heal(self) -> None:
        self.become(changes.healed(self.order, NOW))

    @invariant()
    def it_is_lawful(self) -> None:
        assert is_legal(self.before.status, self.order.status)
        assert self.order.version in {self.before.version, self.before.version + 1}
        assert self.order.step is changes.step_due(self.order)

    @invariant()
    def one_charge_is_applied(self) -> None:
        if self.before.charge_id is not None:
            assert self.order.charge_id == self.before.charge_id
        if self.order.status in {Status.PAID, Status.FULFILLED}:
            assert self.order.charge_id is not None
        known = [refund.reference for refund in self.order.refunds]
        assert len(set(known)) == len(known)
        assert self.order.charged_reference not in known

    @invariant()
    def waiting_work_is_known_to_be_due(self) -> None:
        if self.order.step not in {None, Step.SETTLE}:
            assert self.order.step is not None
            assert changes.is_due(self.order, self.order.step)


TestAnOrdersLife = AnOrdersLife.TestCase
TestAnOrdersLife.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


@given(st.integers(0, 5))
def test_a_redrive_gives_fresh_attempts(count: int) -> None:
    order = an_order(Status.MATCHED, attempts={Step.PAY: 6})
    after = changes.redriven(order, Step.PAY, count, NOW, NOW)
    assert (after.attempts, after.retry_count, after.scheduled_at) == ({}, count, NOW)
