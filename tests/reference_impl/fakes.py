"""In-memory stand-ins for everything that Larder's use cases need from outside.

All calls go through one `Trouble`, which can make any of them fail before or after its effect, or
kill the worker there: that is how crashes between two effects are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from larder.domain.answers import ModelItem
from larder.domain.catalogue import Product
from larder.domain.due_work import quiet_since
from larder.domain.lifecycle import is_legal
from larder.domain.messages import Work, from_json, to_json
from larder.domain.money import Money
from larder.domain.order import Audience, LinkState, Order, OrderSummary, PaymentLink, Step
from larder.domain.payments import ChargeStatus, Transaction
from larder.domain.telling import is_told
from larder.services.errors import (
    AlreadyRefunded,
    AnnouncementRefused,
    BreakerOpen,
    Conflict,
    DuplicateReference,
    ModelUnavailable,
    ProviderUnavailable,
    StoreUnavailable,
    TransactionUnknown,
    Unavailable,
)
from larder.services.ports import (
    Alert,
    AuditEntry,
    BreakerState,
    DeadMessage,
    InitializeRequest,
    Page,
    Question,
    StatusEvent,
)

T = TypeVar("T")
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """The worker died here. No `except Exception` may survive it."""


class How(StrEnum):
    """What goes wrong at a call: before or after its effect, for the caller or for the worker."""

    REFUSED = "refused"
    LOST = "lost"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


@dataclass
class Trouble:
    """Which calls go wrong: by their number, counted over all ports."""

    plan: dict[int, How] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fired: int = 0

    def at(self, name: str, error: type[Unavailable], effect: Callable[[], T]) -> T:
        """Make the call `name`, whose effect is `effect`, with what is planned for it."""
        self.calls.append(name)
        how = self.plan.get(len(self.calls))
        self.fired += how is not None
        if how is How.KILLED_BEFORE:
            raise Killed(name)
        if how is How.REFUSED:
            raise error(f"{name} doesn't answer.")
        result = effect()
        if how is How.KILLED_AFTER:
            raise Killed(name)
        if how is How.LOST:
            raise error(f"The answer of {name} was lost.")
        return result


@dataclass
class FakeClock:
    """Stands still until told to go on."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time

    def go_on(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class CountingIds:
    """1, 2, 3 …"""

    count: int = 0

    def new(self) -> str:
        self.count += 1
        return str(self.count)


@dataclass
class FakeOrders:
    """The orders table; `changes` is its stream, and `history` all that it ever held."""

    trouble: Trouble = field(default_factory=Trouble)
    stored: dict[str, Order] = field(default_factory=dict)
    changes: list[tuple[Order | None, Order]] = field(default_factory=list)
    history: list[Order] = field(default_factory=list)
    before_save: Callable[[], object] = lambda: None

    def put(self, order: Order) -> Order:
        """Arrange: the order is as given, and nobody is told."""
        self.stored[order.order_id] = order
        return order

    def create(self, order: Order) -> Order:
        return self.trouble.at("orders.create", StoreUnavailable, lambda: self._create(order))

    def _create(self, order: Order) -> Order:
        if order.order_id not in self.stored:
            self._write(None, order)
        return self.stored[order.order_id]

    def get(self, order_id: str) -> Order | None:
        return self.trouble.at("orders.get", StoreUnavailable, lambda: self.stored.get(order_id))

    def save(self, order: Order, *, was: Order) -> None:
        self.before_save()
        self.trouble.at("orders.save", StoreUnavailable, lambda: self._save(order, was))

    def _save(self, order: Order, was: Order) -> None:
        stored = self.stored[order.order_id]
        if (stored.status, stored.version) != (was.status, was.version):
            raise Conflict("The order changed.")
        assert order.version == was.version + 1
        assert is_legal(was.status, order.status)
        self._write(stored, order)

    def _write(self, before: Order | None, after: Order) -> None:
        if before is not None:  # who was told isn't written with an order
            after = replace(after, told=before.told)
        self.stored[after.order_id] = after
        self.changes.append((before, after))
        self.history.append(after)

    def of_user(self, user_id: str, *, limit: int, cursor: str | None) -> Page[Order]:
        own = [order for order in self.stored.values() if order.user_id == user_id]
        start = int(cursor or 0)
        more = str(start + limit) if start + limit < len(own) else None
        return Page(tuple(own[start : start + limit]), more)

    def due(
        self, step: Step, *, before: datetime, limit: int, cursor: str | None
    ) -> Page[OrderSummary]:
        def effect() -> Page[OrderSummary]:
            found = sorted(
                (quiet_since(o), o.order_id)
                for o in self.stored.values()
                if o.step is step and quiet_since(o) <= before
            )
            start = int(cursor or 0)
            page = found[start : start + limit]
            more = str(start + limit) if start + limit < len(found) else None
            return Page(tuple(OrderSummary(i, step, at) for at, i in page), more)

        return self.trouble.at("orders.due", StoreUnavailable, effect)


@dataclass
class FakeAnnouncements:
    """Who was told, kept in the orders' records beside what the orders' own writes change."""

    orders: FakeOrders
    since: dict[str, datetime] = field(default_factory=dict)

    def record(self, order_id: str, told: Mapping[Audience, int], *, status_version: int) -> None:
        self.orders.trouble.at(
            "announcements.record", StoreUnavailable, lambda: self._record(order_id, told)
        )

    def _record(self, order_id: str, told: Mapping[Audience, int]) -> None:
        stored = self.orders.stored
        stored[order_id] = replace(stored[order_id], told=dict(told))

    def remind(self, order_id: str, now: datetime) -> bool:
        def effect() -> bool:
            order = self.orders.stored[order_id]
            if is_told(order):
                return False
            self.since[order_id] = now
            self.orders.changes.append((order, order))
            return True

        return self.orders.trouble.at("announcements.remind", StoreUnavailable, effect)

    def due(self, *, before: datetime, limit: int, cursor: str | None) -> Page[str]:
        def effect() -> Page[str]:
            found = sorted(
                (since, order.order_id)
                for order in self.orders.stored.values()
                if not is_told(order)
                and (since := self.since.get(order.order_id, order.trail[-1].at)) <= before
            )
            start = int(cursor or 0)
            more = str(start + limit) if start + limit < len(found) else None
            return Page(tuple(order_id for _, order_id in found[start : start + limit]), more)

        return self.orders.trouble.at("announcements.due", StoreUnavailable, effect)


@dataclass
class FakeLinks:
    """The payment links table."""

    trouble: Trouble = field(default_factory=Trouble)
    stored: dict[tuple[str, int], PaymentLink] = field(default_factory=dict)

    def claim(self, link: PaymentLink) -> PaymentLink:
        return self.trouble.at(
            "links.claim",
            StoreUnavailable,
            lambda: self.stored.setdefault((link.order_id, link.attempt), link),
        )

    def get(self, order_id: str, attempt: int) -> PaymentLink | None:
        return self.trouble.at(
            "links.get", StoreUnavailable, lambda: self.stored.get((order_id, attempt))
        )

    def open(self, link: PaymentLink) -> None:
        self.trouble.at("links.open", StoreUnavailable, lambda: self._put(link))

    def lose(self, link: PaymentLink) -> PaymentLink:
        def effect() -> PaymentLink:
            stored = self.stored[link.order_id, link.attempt]
            if stored.state is LinkState.CLAIMED:
                self._put(replace(stored, state=LinkState.LOST))
            return self.stored[link.order_id, link.attempt]

        return self.trouble.at("links.lose", StoreUnavailable, effect)

    def _put(self, link: PaymentLink) -> None:
        self.stored[link.order_id, link.attempt] = link


@dataclass
class FakeCatalogue:
    """A few products, or those given."""

    sold: tuple[Product, ...] = ()
    trouble: Trouble = field(default_factory=Trouble)

    def products(self) -> Sequence[Product]:
        return self.trouble.at("catalogue.products", StoreUnavailable, lambda: self.sold)

    def page(self, product_type: str | None, *, limit: int, cursor: str | None) -> Page[Product]:
        fitting = [p for p in self.sold if product_type in {None, p.product_type}]
        return Page(tuple(fitting[:limit]))


@dataclass
class FakeModel:
    """Answers what it was told to; an exception is raised instead."""

    answer: Sequence[ModelItem] | Exception = ()
    choices: Sequence[str | None] | Exception = ()
    trouble: Trouble = field(default_factory=Trouble)
    asked: list[object] = field(default_factory=list)

    def parse(self, text: str) -> Sequence[ModelItem]:
        return self._answer("model.parse", text, self.answer)

    def choose(self, questions: Sequence[Question]) -> Sequence[str | None]:
        return self._answer("model.choose", tuple(questions), self.choices)

    def _answer(self, name: str, question: object, answer: T | Exception) -> T:
        self.asked.append(question)
        if isinstance(answer, Exception):
            raise answer
        return self.trouble.at(name, ModelUnavailable, lambda: answer)


@dataclass
class FakeProvider:
    """A payment provider with a memory: what was initialized, charged and given back."""

    trouble: Trouble = field(default_factory=Trouble)
    known: dict[str, Transaction] = field(default_factory=dict)
    refunds: list[str] = field(default_factory=list)
    refund_calls: list[str] = field(default_factory=list)
    down: Exception | None = None

    def initialize(self, request: InitializeRequest) -> str:
        def effect() -> str:
            if request.reference in self.known:
                raise DuplicateReference("Duplicate Transaction Reference", status=400)
            number = str(1000 + len(self.known))
            self.known[request.reference] = Transaction(
                number, request.reference, ChargeStatus.OPEN, request.amount
            )
            return f"https://pay.example/{number}"

        return self._call("provider.initialize", effect)

    def verify(self, reference: str) -> Transaction:
        def effect() -> Transaction:
            if reference not in self.known:
                raise TransactionUnknown("Transaction reference not found", status=400)
            return self.known[reference]

        return self._call("provider.verify", effect)

    def refund(self, transaction_id: str) -> None:
        def effect() -> None:
            self.refund_calls.append(transaction_id)
            if transaction_id in self.refunds:
                raise AlreadyRefunded("Transaction has been fully reversed", status=400)
            self.refunds.append(transaction_id)

        self._call("provider.refund", effect)

    def _call(self, name: str, effect: Callable[[], T]) -> T:
        if self.down is not None:
            self.trouble.calls.append(name)
            raise self.down
        return self.trouble.at(name, ProviderUnavailable, effect)

    def becomes(
        self, reference: str, status: ChargeStatus, amount: Money | None = None
    ) -> Transaction:
        """The customer pays, or is declined, at the provider's page; a payment stays one."""
        before = self.known.get(reference) or Transaction(
            str(2000 + len(self.known)), reference, ChargeStatus.OPEN, Money(0, "NGN")
        )
        if before.status is not ChargeStatus.SUCCESS:
            amount = amount or before.amount
            self.known[reference] = replace(before, status=status, amount=amount)
        return self.known[reference]

    @property
    def charges(self) -> list[Transaction]:
        """The successful ones."""
        return [t for t in self.known.values() if t.status is ChargeStatus.SUCCESS]


@dataclass
class FakeQueues:
    """The work queues: what was sent with what delay, resent, and parked."""

    trouble: Trouble = field(default_factory=Trouble)
    sent: list[tuple[Work, int]] = field(default_factory=list)
    resent: list[tuple[DeadMessage, int]] = field(default_factory=list)
    parked: list[DeadMessage] = field(default_factory=list)

    def send(self, work: Work, *, delay: int = 0) -> None:
        read_back = from_json(to_json(work))
        self.trouble.at(
            "queues.send", StoreUnavailable, lambda: self.sent.append((read_back, delay))
        )

    def resend(self, message: DeadMessage, *, delay: int) -> None:
        self.trouble.at(
            "queues.resend", StoreUnavailable, lambda: self.resent.append((message, delay))
        )

    def park(self, message: DeadMessage) -> None:
        self.trouble.at("queues.park", StoreUnavailable, lambda: self.parked.append(message))


@dataclass
class FakeBus:
    """The event bus, or the customers' subscriptions; refuses for good the orders it is told to."""

    trouble: Trouble = field(default_factory=Trouble)
    events: list[StatusEvent] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def publish(self, event: StatusEvent) -> None:
        if event.order_id in self.refuses:
            raise AnnouncementRefused(event.order_id)
        self.trouble.at("bus.publish", StoreUnavailable, lambda: self.events.append(event))


@dataclass
class FakeAlerts:
    """The ops topic."""

    trouble: Trouble = field(default_factory=Trouble)
    raised: list[Alert] = field(default_factory=list)

    def raise_(self, alert: Alert) -> None:
        self.trouble.at("alerts.raise", StoreUnavailable, lambda: self.raised.append(alert))


@dataclass
class FakeAudit:
    """The audit log."""

    trouble: Trouble = field(default_factory=Trouble)
    entries: dict[str, AuditEntry] = field(default_factory=dict)

    def record(self, entry: AuditEntry) -> None:
        self.trouble.at(
            "audit.record",
            StoreUnavailable,
            lambda: self.entries.setdefault(entry.audit_id, entry),
        )


@dataclass
class FakeBreaker:
    """Closed, unless told to refuse for so many seconds; notes which calls failed."""

    refuses_for: float | None = None
    current: BreakerState = BreakerState.CLOSED
    failures: int = 0

    def call(self, work: Callable[[], T], /) -> T:
        if self.refuses_for is not None:
            raise BreakerOpen("paystack", self.refuses_for)
        try:
            return work()
        except Unavailable:
            self.failures += 1
            raise

    def state(self) -> BreakerState:
        return self.current


@dataclass(frozen=True)
class FakeWaits:
    """1, 2, 4, 8, 16 seconds between six attempts, or those given."""

    waits: tuple[int, ...] = (1, 2, 4, 8, 16)

    def exhausted(self, attempts_made: int, /) -> bool:
        return attempts_made > len(self.waits)

    def queue_wait_after(self, attempt: int, chance: Callable[[], float], /) -> int:
        return self.waits[min(attempt, len(self.waits)) - 1]
