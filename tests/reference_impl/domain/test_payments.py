"""What a provider's transaction means for its order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.lifecycle import Status
from larder.domain.money import Money
from larder.domain.order import Refund, RefundState
from larder.domain.payments import (
    ChargeStatus,
    Transaction,
    Verdict,
    judge,
    read_reference,
    reference_for,
)

from tests.reference_impl.samples import FIRST, SECOND, TOTAL, an_order

SUCCESS, FAILED, REVERSED, OPEN = (
    ChargeStatus.SUCCESS,
    ChargeStatus.FAILED,
    ChargeStatus.REVERSED,
    ChargeStatus.OPEN,
)


def tx(status: ChargeStatus, reference: str = FIRST, amount: Money = TOTAL) -> Transaction:
    return Transaction("77", reference, status, amount)


@given(st.uuids(), st.integers(1, 999))
def test_a_reference_can_be_read_back(order_id: object, attempt: int) -> None:
    reference = reference_for(str(order_id), attempt)
    assert len(reference) <= 40
    assert read_reference(reference) == (str(order_id), attempt)


@pytest.mark.parametrize(
    "reference", ["", "ldr-1-1", FIRST + "x", FIRST[:-1] + "0", "x" + FIRST, FIRST + "\n"]
)
def test_what_is_not_ours_is_no_reference(reference: str) -> None:
    assert read_reference(reference) is None


@pytest.mark.parametrize(
    ("status", "transaction", "verdict"),
    [
        (Status.PAYMENT_INITIATED, tx(SUCCESS), Verdict.APPLY),
        (Status.PAYMENT_FAILED, tx(SUCCESS), Verdict.APPLY),
        (Status.NEEDS_ATTENTION, tx(SUCCESS), Verdict.APPLY),
        (Status.MATCHED, tx(SUCCESS), Verdict.EARLY),
        (Status.PAYMENT_INITIATED, tx(SUCCESS, amount=Money(1, "NGN")), Verdict.MISMATCH),
        (Status.PAYMENT_INITIATED, tx(SUCCESS, amount=Money(540000, "USD")), Verdict.MISMATCH),
        (Status.PAID, tx(SUCCESS), Verdict.NOTHING),
        (Status.PAID, tx(SUCCESS, SECOND), Verdict.REFUND),
        (Status.FULFILLED, tx(SUCCESS, SECOND), Verdict.REFUND),
        (Status.FULFILLED, tx(SUCCESS, SECOND, Money(1, "NGN")), Verdict.REFUND),
        (Status.PAYMENT_INITIATED, tx(FAILED), Verdict.FAIL),
        (Status.PAYMENT_INITIATED, tx(REVERSED), Verdict.FAIL),
        (Status.PAYMENT_INITIATED, tx(FAILED, SECOND), Verdict.NOTHING),
        (Status.PAYMENT_FAILED, tx(FAILED), Verdict.NOTHING),
        (Status.PAYMENT_INITIATED, tx(OPEN), Verdict.NOTHING),
    ],
)
def test_a_transaction_is_judged_by_where_the_order_stands(
    status: Status, transaction: Transaction, verdict: Verdict
) -> None:
    assert judge(an_order(status), transaction) is verdict


@pytest.mark.parametrize("state", list(RefundState))
def test_what_is_given_back_or_with_people_is_not_judged_again(state: RefundState) -> None:
    order = an_order(Status.PAYMENT_INITIATED, refunds=(Refund(FIRST, "77", state),))
    assert judge(order, tx(SUCCESS)) is Verdict.NOTHING
