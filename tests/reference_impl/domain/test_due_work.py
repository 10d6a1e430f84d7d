"""An order's record says which messages it asks for."""

from datetime import timedelta

from larder.domain import changes
from larder.domain.due_work import quiet_since, work_begun, work_due
from larder.domain.lifecycle import Status
from larder.domain.order import Item, Order, Refund, RefundState, Step
from larder.domain.payments import ChargeStatus, Transaction, Verdict

from tests.reference_impl.fakes import START
from tests.reference_impl.samples import FIRST, SECOND, TOTAL, an_order


def begun(before: Order | None, after: Order) -> list[tuple[Step, str | None]]:
    return [(work.step, work.reference) for work in work_begun(before, after)]


def test_a_new_order_is_to_be_parsed() -> None:
    assert begun(None, an_order()) == [(Step.PARSE, None)]


def test_the_next_step_begins_when_the_one_before_is_done() -> None:
    order = an_order()
    assert begun(order, changes.parsed(order, [Item("rice")], None, START)) == [(Step.MATCH, None)]


def test_a_change_that_leaves_the_step_due_begins_nothing() -> None:
    order = an_order()
    assert begun(order, changes.attempt_failed(order, Step.PARSE, None, START)) == []


def test_a_step_that_is_due_anew_begins_again() -> None:
    failed = an_order(Status.PAYMENT_FAILED)
    assert begun(failed, changes.link_requested(failed, "request", START)) == [(Step.PAY, None)]


def test_an_open_payment_begins_nothing() -> None:
    assert begun(an_order(Status.MATCHED), an_order(Status.PAYMENT_INITIATED)) == []


def test_a_second_refund_begins_beside_the_first() -> None:
    one = an_order(Status.PAID, refunds=(Refund(SECOND, "2"),), step=Step.REFUND)
    third = FIRST[:-1] + "3"
    charge = Transaction("3", third, ChargeStatus.SUCCESS, TOTAL)
    both = changes.settled(one, charge, Verdict.REFUND, START)
    assert begun(one, both) == [(Step.REFUND, third)]
    assert [work.reference for work in work_due(both)] == [SECOND, third]
    assert begun(None, one) == [(Step.REFUND, SECOND)]


def test_fulfilment_begins_again_after_a_refund_that_came_between() -> None:
    order = an_order(Status.PAID, refunds=(Refund(SECOND, "2"),), step=Step.REFUND)
    done = changes.refund_done(order, order.refunds[0], START)
    assert done.refunds[0].state is RefundState.DONE
    assert begun(order, done) == [(Step.FULFIL, None)]


def test_every_link_of_an_open_payment_is_asked_about() -> None:
    order = an_order(Status.PAYMENT_INITIATED, payment_attempt=2, payment_reference=SECOND)
    assert [work.reference for work in work_due(order)] == [FIRST, SECOND]


def test_an_order_at_rest_asks_for_nothing() -> None:
    assert work_due(an_order(Status.FULFILLED)) == ()


def test_scheduled_work_is_taken_care_of_until_its_time() -> None:
    later = START + timedelta(seconds=60)
    assert quiet_since(an_order()) == START
    assert quiet_since(an_order(scheduled_at=later)) == later
