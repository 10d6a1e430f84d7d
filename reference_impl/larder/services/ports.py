"""What the use cases need from outside, as Protocols. Adapters implement them; tests fake them.

Every method may raise `Unavailable` (in the class that fits); other errors are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

# Every function imports this module, and few need the parsers behind these names.
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from larder.domain.answers import ModelItem
    from larder.domain.catalogue import Product
    from larder.domain.lifecycle import Status
    from larder.domain.messages import Work
    from larder.domain.money import Money
    from larder.domain.order import Audience, Order, OrderSummary, PaymentLink, Step
    from larder.domain.payments import Transaction

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
        are `was`'s. Raises Conflict. `order.version` is `was.version + 1` already.

        A write that took effect while its answer was lost should be told from a conflict (by a
        token of its own in the record); where it isn't, services read again and are still right.
        """
        ...

    def of_user(self, user_id: str, *, limit: int, cursor: str | None) -> Page[Order]:
        """A user's orders, newest first, by index. Raises BadCursor."""
        ...

    def due(
        self, step: Step, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[OrderSummary]:
        """Orders on which `step` is due and that are quiet since `before`, oldest first, by the
        sparse index."""
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


@dataclass(frozen=True, slots=True)
class InitializeRequest:
    """A payment to be made."""

    email: str
    amount: Money
    reference: str
    order_id: str


class Provider(Protocol):
    """The payment provider (Paystack). No method retries by itself, and each may also raise
    ProviderNonsense."""

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
    """A message in a dead-letter queue.

    `queue` is the work queue (parse, match, pay, fulfil) that it died in; `retry_count`, `step`
    and `reason` are its attributes of those names, which the queue's own redrive doesn't set.
    """

    queue: str
    body: str
    message_id: str
    retry_count: int = 0
    step: str | None = None
    reason: str | None = None


class WorkQueues(Protocol):
    """The work queues, by the step they serve, and the queue for people."""

    def send(self, work: Work, *, delay: int = 0) -> None:
        """Put work on its step's queue, hidden for `delay` seconds (at most 900)."""
        ...

    def resend(self, message: DeadMessage, *, delay: int) -> None:
        """Put a message back on its work queue: body untouched, retry count as its attribute."""
        ...

    def park(self, message: DeadMessage) -> None:
        """Keep a message for people."""
        ...


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """An order's new status; `version` is the order's, and numbers its events."""

    order_id: str
    customer_id: str
    version: int
    previous: Status | None
    status: Status
    at: datetime
    correlation_id: str


class Announcements(Protocol):
    """Beside the orders: who was told of which change of status."""

    def record(self, order_id: str, told: Mapping[Audience, int], *, status_version: int) -> None:
        """Keep what each audience was told of last; `status_version` is the last change known."""
        ...

    def remind(self, order_id: str, now: datetime) -> bool:
        """Have the order's stream bring it again; False where nobody is left to be told."""
        ...

    def due(self, *, before: datetime, limit: int, cursor: str | None) -> Page[str]:
        """Ids of orders that somebody is to be told of since before then, oldest first."""
        ...


class Bus(Protocol):
    """Where events go: the event bus, or the customers' subscriptions. Publishing twice is
    harmless."""

    def publish(self, event: StatusEvent) -> None:
        """Tell everybody."""
        ...


class AlertKind(StrEnum):
    """What people are called for, in the words of contracts/asyncapi.yaml."""

    MAX_RETRIES_EXCEEDED = "max retries exceeded"
    CHARGE_MISMATCH = "charge does not match"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something people must look at."""

    kind: AlertKind
    at: datetime
    correlation_id: str
    order_id: str | None = None
    step: Step | None = None
    reference: str | None = None
    retry_count: int | None = None


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


class BreakerState(StrEnum):
    """Of a circuit breaker."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Breaker(Protocol):
    """The fleet-wide circuit breaker of one dependency."""

    def call(self, work: Callable[[], T], /) -> T:
        """What `work` gives or raises, if it may be called; raises BreakerOpen if not.

        `Unavailable` counts as the dependency's failure, any other PortError as its answer.
        """
        ...

    def state(self) -> BreakerState:
        """For the health check."""
        ...


class Waits(Protocol):
    """When a failed attempt of a queue's message is made again."""

    def exhausted(self, attempts_made: int, /) -> bool:
        """Whether no attempt is left."""
        ...

    def queue_wait_after(self, attempt: int, chance: Callable[[], float], /) -> int:
        """Whole seconds to wait after failed `attempt` (1 is the first)."""
        ...


class RequestRetry(Protocol):
    """Retries `Unavailable` on a request path, bounded by the caller's deadline."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """The work's answer, or its last error; BreakerOpen is never retried."""
        ...
