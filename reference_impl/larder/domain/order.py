"""An order, whole: everything the store knows of it is one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from larder.domain.lifecycle import Status
from larder.domain.money import Money


class Step(StrEnum):
    """The work that is due next on an order."""

    PARSE = "parse"
    MATCH = "match"
    PAY = "pay"
    SETTLE = "settle"  # due while a payment is open: by the webhook, or in time by the reconciler
    REFUND = "refund"
    FULFIL = "fulfil"


@dataclass(frozen=True, slots=True)
class Item:
    """What the customer asks for: `quantity` of `unit` (None: pieces)."""

    name: str
    quantity: Decimal = Decimal(1)
    unit: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product that might be what was meant."""

    product_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An item without a product, told to the customer instead of dropped."""

    text: str
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` of the product's own units, at the catalogue's price."""

    product_id: str
    name: str
    quantity: Decimal
    unit_price: Money
    line_total: Money


class RefundState(StrEnum):
    """DUE: to be asked of the provider. DONE: it was. HELD: the redrives are used up, so people
    ask. MISMATCHED: not what was to be paid, so people decide whether it is given back."""

    DUE = "DUE"
    DONE = "DONE"
    HELD = "HELD"
    MISMATCHED = "MISMATCHED"


@dataclass(frozen=True, slots=True)
class Refund:
    """A successful charge that wasn't applied; `claimed_until` keeps others off while one asks."""

    reference: str
    transaction_id: str
    state: RefundState = RefundState.DUE
    claimed_until: datetime | None = None


class Audience(StrEnum):
    """Who is told of each change of an order's status, each at its own pace."""

    AUDIT = "audit"  # the audit log
    BUS = "bus"  # other systems
    CUSTOMER = "customer"  # the order's own, by subscription


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of an order's status, at the version that it made; the first has no `previous`."""

    version: int
    previous: Status | None
    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `version` grows by one with every write: it is the order's sequence number.

    `step` is the work due next, `step_version` the version at which it became due.
    `attempts` counts the failed attempts of steps since their last success or redrive.
    `retry_count` counts the redrives of `retry_step`; two steps can be dead at the same time.
    `asked_enough`: nobody paid by the open link for so long that the provider isn't asked any more.
    `trail` holds the changes of its status, but for old ones that everybody was told of; `told`
    the last version that each audience is known to have been told of.
    """

    order_id: str
    user_id: str
    customer_email: str
    grocery_list: str
    request_digest: str
    created_at: datetime
    updated_at: datetime
    correlation_id: str
    status: Status = Status.PENDING_MATCHING
    version: int = 1
    step: Step | None = Step.PARSE
    step_version: int = 1
    items: tuple[Item, ...] | None = None
    lines: tuple[Line, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    total: Money | None = None
    degraded_because: tuple[str, ...] = ()
    payment_attempt: int = 0
    payment_reference: str | None = None
    payment_link: str | None = None
    wants_link: bool = False
    link_requests: tuple[str, ...] = ()
    charge_id: str | None = None
    charged_reference: str | None = None
    refunds: tuple[Refund, ...] = ()
    attempts: Mapping[Step, int] = field(default_factory=dict)
    retry_count: int = 0
    retry_step: Step | None = None
    scheduled_at: datetime | None = None
    asked_enough: bool = False
    attention_from: Status | None = None
    attention_because: str | None = None
    trail: tuple[StatusChange, ...] = ()
    told: Mapping[Audience, int] = field(default_factory=dict)

    @property
    def degraded(self) -> bool:
        """Whether a fallback stood in for the model."""
        return bool(self.degraded_because)


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """What the stalled-work index gives: enough to decide whether to look closer."""

    order_id: str
    step: Step
    quiet_since: datetime


class LinkState(StrEnum):
    """CLAIMED: the provider may have been asked. OPEN: its link is known. LOST: nobody holds it."""

    CLAIMED = "CLAIMED"
    OPEN = "OPEN"
    LOST = "LOST"


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """One attempt at a payment; its reference is claimed before the provider is asked."""

    order_id: str
    attempt: int
    reference: str
    amount: Money
    created_at: datetime
    state: LinkState = LinkState.CLAIMED
    url: str | None = None
