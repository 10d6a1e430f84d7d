"""The order's states and legal steps; contracts/lifecycle.yaml says the same, and a test holds them
equal."""

from __future__ import annotations

from enum import StrEnum

from larder.domain.errors import IllegalStep


class Status(StrEnum):
    """Where an order stands, as its customer sees it."""

    PENDING_MATCHING = "PENDING_MATCHING"
    MATCHED = "MATCHED"
    UNMATCHED = "UNMATCHED"
    PAYMENT_INITIATED = "PAYMENT_INITIATED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    PAID = "PAID"
    FULFILLED = "FULFILLED"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"


INITIAL = Status.PENDING_MATCHING
FINAL = frozenset({Status.UNMATCHED, Status.FULFILLED})
PEOPLE_MAY_TAKE_OVER = frozenset(
    {
        Status.PENDING_MATCHING,
        Status.MATCHED,
        Status.PAYMENT_INITIATED,
        Status.PAYMENT_FAILED,
        Status.PAID,
    }
)

STEPS: frozenset[tuple[Status, Status]] = frozenset(
    {
        (Status.PENDING_MATCHING, Status.MATCHED),
        (Status.PENDING_MATCHING, Status.UNMATCHED),
        (Status.MATCHED, Status.PAYMENT_INITIATED),
        (Status.PAYMENT_INITIATED, Status.PAID),
        (Status.PAYMENT_INITIATED, Status.PAYMENT_FAILED),
        (Status.PAYMENT_FAILED, Status.PAYMENT_INITIATED),
        (Status.PAYMENT_FAILED, Status.PAID),
        (Status.PAID, Status.FULFILLED),
    }
    | {(status, Status.NEEDS_ATTENTION) for status in PEOPLE_MAY_TAKE_OVER}
    | {(Status.NEEDS_ATTENTION, status) for status in PEOPLE_MAY_TAKE_OVER}
)


def is_legal(before: Status, after: Status) -> bool:
    """Whether an order may go from one state to the other; staying is always legal."""
    return before is after or (before, after) in STEPS


def check_step(before: Status, after: Status) -> None:
    """Raise IllegalStep unless the lifecycle allows the step."""
    if not is_legal(before, after):
        raise IllegalStep(f"An order that is {before} can't become {after}.")
