"""What the use cases need from outside, as Protocols. Adapters implement them; tests fake them.

Every method may raise `Unavailable` (in the class that fits); other errors are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from larder.domain.catalogue import Product
from larder.domain.lifecycle import Status
from larder.domain.messages import Work
from larder.domain.money import Money
from larder.domain.order import Order, OrderSummary, PaymentLink, Step

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a longer list; `cursor` asks for the rest, None when there is none."""

    items: tuple[T, ...]
    cursor: str | None = None


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Ids(Protocol):
    """Makes names that nobody has yet."""

    def new(self) -> str:
        """A fresh unique id."""
        ...


class Orders(Protocol):
    """The orders table. Reads by id are strongly consistent."""

    def create(self, order: Order) -> Order:
        """Put unless an order of that id exists; gives the stored one, ours or the earlier."""
        ...

    def get(self, order_id: str) -> Order | None:
        """The order, or None."""
        ...

    def save(self, order: Order, *, was: Order) -> None:
        """Replace `was` by `order` in one write, on condition that the stored status and version
        are `was`'s. Raises Conflict. `order.version` is `was.version + 1` already."""
        ...

    def of_user(self, user_id: str, *, limit: int, cursor: str | None) -> Page[Order]:
        """A user's orders, newest first, by index. Raises BadCursor."""
        ...

    def due(
        self, step: Step, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[OrderSummary]:
        """Orders on which `step` is due and that weren't written since `before`, oldest first, by
        the sparse index."""
        ...


class Links(Protocol):
    """The payment links table: (order id, attempt)."""

    def claim(self, link: PaymentLink) -> PaymentLink:
        """Put unless that attempt exists; gives the stored one, ours or the earlier."""
        ...

    def get(self, order_id: str, attempt: int) -> PaymentLink | None:
        """The link, strongly consistent, or None."""
        ...

    def open(self, link: PaymentLink) -> None:
        """Write the link with its URL, whatever was stored: who holds the URL is right."""
        ...

    def lose(self, link: PaymentLink) -> PaymentLink:
        """Mark a link LOST if it is still CLAIMED; gives the stored one after that."""
        ...


class Catalogue(Protocol):
    """The products table, read by index."""

    def products(self) -> Sequence[Product]:
        """All that is on sale."""
        ...

    def page(self, product_type: str | None, *, limit: int, cursor: str | None) -> Page[Product]:
        """A page of them in a fixed order. Raises BadCursor."""
        ...


@dataclass(frozen=True, slots=True)
class ModelItem:
    """One item as the model gave it: its schema was checked, its truth was not."""

    name: str
    quantity: float
    unit: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Question:
    """Which of these candidates is meant by `name`?"""

    name: str
    candidates: tuple[Product, ...]


class Model(Protocol):
    """The language model."""

    def parse(self, text: str) -> Sequence[ModelItem]:
        """The items of a list. Raises ModelUnavailable, ModelNonsense."""
        ...

    def choose(self, questions: Sequence[Question]) -> Sequence[str | None]:
        """A product id or None for each question, in order. Raises ModelUnavailable,
        ModelNonsense."""
        ...


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


@dataclass(frozen=True, slots=True)
class InitializeRequest:
    """A payment to be made."""

    email: str
    amount: Money
    reference: str
    order_id: str


class Provider(Protocol):
    """The payment provider (Paystack). No method retries by itself."""

    def initialize(self, request: InitializeRequest) -> str:
        """The URL where the customer pays. Raises DuplicateReference, ProviderRefused,
        ProviderUnavailable."""
        ...

    def verify(self, reference: str) -> Transaction:
        """What became of it. Raises TransactionUnknown, ProviderRefused, ProviderUnavailable."""
        ...

    def refund(self, transaction_id: str) -> None:
        """Give the whole charge back. Raises AlreadyRefunded, ProviderRefused,
        ProviderUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A message in a dead-letter queue: `queue` is the work queue (parse, match, pay, fulfil) that
    it died in; `retry_count` is its attribute of that name."""

    queue: str
    body: str
    retry_count: int = 0
    reason: str = ""


class WorkQueues(Protocol):
    """The work queues, by the step they serve, and the queue for people."""

    def send(self, work: Work, *, delay: int = 0) -> None:
        """Put work on its step's queue, hidden for `delay` seconds (at most 900)."""
        ...

    def resend(self, message: DeadMessage, *, delay: int) -> None:
        """Put a message, body untouched and retry count as given, back on its work queue."""
        ...

    def park(self, message: DeadMessage) -> None:
        """Keep a message for people."""
        ...


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """An order's new status; `sequence` is the order's version."""

    order_id: str
    user_id: str
    status: Status
    previous: Status | None
    sequence: int
    at: datetime
    correlation_id: str
    degraded: bool


class Bus(Protocol):
    """The event bus."""

    def publish(self, event: StatusEvent) -> None:
        """Tell everybody."""
        ...


@dataclass(frozen=True, slots=True)
class Alert:
    """Something people must look at."""

    subject: str
    reason: str
    order_id: str | None = None
    queue: str | None = None
    reference: str | None = None


class Alerts(Protocol):
    """The ops topic."""

    def raise_(self, alert: Alert) -> None:
        """Tell the people on duty."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when, with what result. The same id written twice is one entry."""

    audit_id: str
    at: datetime
    who: str
    what: str
    target: str
    result: str
    correlation_id: str = ""


class Audit(Protocol):
    """The audit log."""

    def record(self, entry: AuditEntry) -> None:
        """Keep the entry; an entry of the same id stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one call, given under `epoch`; `probe` is its name when it is the one probe."""

    dependency: str
    epoch: int
    probe: str | None = None


class BreakerState(StrEnum):
    """Of a circuit breaker."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Breaker(Protocol):
    """The fleet-wide circuit breaker of one dependency."""

    def begin(self) -> Permit:
        """Leave to call. Raises BreakerOpen."""
        ...

    def end(self, permit: Permit, *, ok: bool) -> None:
        """Tell how the call went; a permit of an older epoch changes nothing."""
        ...

    def state(self) -> BreakerState:
        """For the health check."""
        ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the limiter says: `reset` is the epoch second at which the window ends."""

    allowed: bool
    limit: int
    remaining: int
    reset: int


class RateLimiter(Protocol):
    """The fixed window of N per W by tier."""

    def take(self, user_id: str, operation: str, tier: str) -> Allowance:
        """Count one request."""
        ...


class RequestRetry(Protocol):
    """Retries `Unavailable` on a request path, bounded by the caller's deadline."""

    def __call__(self, call: Callable[[], T], /) -> T:
        """The call's answer, or its last error; BreakerOpen is never retried."""
        ...


class Probes(Protocol):
    """One harmless look at each dependency, for the health check."""

    def checks(self) -> Mapping[str, Callable[[], None]]:
        """Name to check; a check raises when the dependency isn't well."""
        ...
