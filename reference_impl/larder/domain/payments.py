"""Which charge is applied, which is given back: one charge per order, ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from larder.domain.lifecycle import Status
from larder.domain.money import Money
from larder.domain.order import Order

_REFERENCE = re.compile(r"ldr-([0-9a-f]{32})-([1-9][0-9]{0,2})", re.ASCII)


def reference_for(order_id: str, attempt: int) -> str:
    """The provider's reference of an order's nth payment attempt, the same at every try."""
    return f"ldr-{order_id.replace('-', '')}-{attempt}"


def read_reference(reference: str) -> tuple[str, int] | None:
    """The order id and attempt that a reference names; None when it isn't one of ours."""
    found = _REFERENCE.fullmatch(reference)
    return (str(UUID(hex=found[1])), int(found[2])) if found else None


class ChargeStatus(StrEnum):
    """The provider's words for a transaction's state, folded into what they mean to us."""

    SUCCESS = "success"
    FAILED = "failed"
    REVERSED = "reversed"
    OPEN = "open"  # abandoned, ongoing, pending, processing, queued, or a word unknown to us


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the provider says of a reference."""

    transaction_id: str
    reference: str
    status: ChargeStatus
    amount: Money


class Verdict(StrEnum):
    """What a transaction means for its order."""

    APPLY = "apply"  # the order is paid by it
    REFUND = "refund"  # another charge paid the order: give this one back
    MISMATCH = "mismatch"  # money came, but not what was asked: for people
    FAIL = "fail"  # the link that the customer holds can't pay any more
    EARLY = "early"  # money came before the order knows of its link: ask again
    NOTHING = "nothing"


_PAYABLE = frozenset({Status.PAYMENT_INITIATED, Status.PAYMENT_FAILED, Status.NEEDS_ATTENTION})


def is_settled(order: Order, reference: str) -> bool:
    """Whether the order knows already what became of the money of that reference."""
    return reference == order.charged_reference or any(
        refund.reference == reference for refund in order.refunds
    )


def judge(order: Order, transaction: Transaction) -> Verdict:
    """What `transaction`, whose reference is one of the order's, means for it now."""
    if is_settled(order, transaction.reference):
        return Verdict.NOTHING
    if transaction.status is ChargeStatus.SUCCESS:
        return _judge_success(order, transaction)
    if transaction.status is ChargeStatus.OPEN:
        return Verdict.NOTHING
    # An older link that fails says nothing of the one that the customer holds.
    is_current = transaction.reference == order.payment_reference
    failed = order.status is Status.PAYMENT_INITIATED and is_current
    return Verdict.FAIL if failed else Verdict.NOTHING


def _judge_success(order: Order, transaction: Transaction) -> Verdict:
    if order.charge_id is not None:
        return Verdict.REFUND
    if order.status not in _PAYABLE:
        return Verdict.EARLY
    return Verdict.APPLY if transaction.amount == order.total else Verdict.MISMATCH
