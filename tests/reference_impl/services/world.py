"""Larder's use cases wired together by fakes: streams, queues, redrives and time included.

A killed worker's message comes back, as the queue would bring it; a stream's change too.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from larder.domain.answers import ModelItem
from larder.domain.lifecycle import Status
from larder.domain.messages import Work, to_json
from larder.domain.order import Audience, Order, RefundState, Step
from larder.domain.redrives import RedriveSchedule
from larder.domain.telling import is_told
from larder.services.announce import AnnouncePorts, announce, audited
from larder.services.errors import PortError
from larder.services.fulfil import fulfil
from larder.services.match_products import match_products
from larder.services.outcomes import DeadLetter, Outcome, RetryAfter
from larder.services.parse_list import ModelPorts, parse_list
from larder.services.ports import DeadMessage
from larder.services.process_payment import process_payment
from larder.services.reconcile import ReconcileRules, reconcile
from larder.services.redrive import RedrivePorts, redrive
from larder.services.refund import RefundRules
from larder.services.remind import RemindRules, remind
from larder.services.request_link import LinkOutcome, LinkPorts, request_link
from larder.services.settle import ProviderPorts
from larder.services.start_next_step import start_next_step
from larder.services.steps import StepPorts
from larder.services.submit_list import Submission, submit_list

from tests.reference_impl.fakes import (
    FakeAlerts,
    FakeAnnouncements,
    FakeAudit,
    FakeBreaker,
    FakeBus,
    FakeCatalogue,
    FakeClock,
    FakeLinks,
    FakeModel,
    FakeOrders,
    FakeProvider,
    FakeQueues,
    FakeWaits,
    Killed,
    Trouble,
)
from tests.reference_impl.samples import SHOP

VISIBILITY = 300
STREAM_TRIES = 1
RULES = ReconcileRules(stall_after=120, payment_check_after=900)
T = TypeVar("T")


def _without_retry(work: Callable[[], T]) -> T:
    return work()


@dataclass
class World:
    """One store with its customers' provider, in which any call may go wrong."""

    trouble: Trouble = field(default_factory=Trouble)
    outcomes: list[tuple[Work, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.orders = FakeOrders(self.trouble)
        self.links = FakeLinks(self.trouble)
        self.provider = FakeProvider(self.trouble)
        self.queues = FakeQueues(self.trouble)
        self.bus = FakeBus(self.trouble)
        self.subscribers = FakeBus(self.trouble)
        self.announcements = FakeAnnouncements(self.orders)
        self.alerts = FakeAlerts(self.trouble)
        self.audit = FakeAudit(self.trouble)
        self.catalogue = FakeCatalogue(SHOP, self.trouble)
        self.breaker = FakeBreaker()
        self.model = FakeModel([ModelItem("tomatoes", 3, "kg", 0.9)], trouble=self.trouble)
        self.steps = StepPorts(self.orders, self.clock, FakeWaits(), lambda: 0.0)
        self.payments = ProviderPorts(self.provider, self.breaker, self.alerts)
        self.link_ports = LinkPorts(self.orders, self.clock, self.payments, _without_retry)
        self.redrives = RedrivePorts(
            self.orders, self.queues, self.alerts, self.clock, RedriveSchedule()
        )
        self.announcing = AnnouncePorts(
            self.orders,
            self.announcements,
            {
                Audience.AUDIT: audited(self.audit),
                Audience.BUS: self.bus.publish,
                Audience.CUSTOMER: self.subscribers.publish,
            },
        )
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = itertools.count()

    @property
    def order(self) -> Order:
        """The one order of this world."""
        (order,) = self.orders.stored.values()
        return order

    def submit(self, text: str = "3 kg tomatoes") -> None:
        """A customer submits a list, again and again until there is an answer."""
        submission = Submission("customer-001", "key-0001", "a@example.com", text, "corr-0001")
        self._insist(lambda: submit_list(submission, self.orders, self.clock))

    def ask_for_link(self, key: str = "link-0001") -> LinkOutcome | None:
        """The customer asks for a new link; None when the answer was an error."""
        try:
            return request_link(self.order.order_id, "customer-001", key, self.link_ports)
        except (Killed, PortError):
            return None

    def settle(self, reference: str, *, delay: int = 0) -> None:
        """Somebody (a webhook, the reconciler) asks to settle a reference of the order."""
        order = self.order
        work = Work(order.order_id, Step.SETTLE, order.version, "corr-0001", reference)
        self._later(delay, lambda: self._work(work))

    def run(self, *, until: Callable[[], bool] = lambda: False, seconds: int = 20_000) -> None:
        """Let the store work until there is nothing left to do, the condition holds or time is up;
        the reconciler comes every minute."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end and not until():
            self._drain()
            if until() or self._is_quiet():
                return
            self.clock.time += timedelta(seconds=self._seconds_to_next())
            self._fire_due()
            self._attempt(lambda: reconcile(self.orders, self.queues, self.clock, RULES))
            self._attempt(lambda: remind(self.announcements, self.clock, RemindRules()))

    def _is_quiet(self) -> bool:
        done = all(o.step in {None, Step.SETTLE} for o in self.orders.stored.values())
        told = all(is_told(order) for order in self.orders.stored.values())
        return done and told and not self._waiting and not self.orders.changes

    def _seconds_to_next(self) -> float:
        if not self._waiting:
            return 60
        left = (self._waiting[0][0] - self.clock.now()).total_seconds()
        return min(60, max(left, 0))

    def _drain(self) -> None:
        """Streams first, in order; then what was sent."""
        self._fire_due()
        while self.orders.changes or self.queues.sent or self.queues.resent:
            while self.orders.changes:
                before, after = self.orders.changes.pop(0)
                self._insist(partial(start_next_step, before, after, self.queues))
                self._tell(after.order_id)
            self._take_sent()
            self._fire_due()

    def _tell(self, order_id: str) -> None:
        """By a stream that soon gives up: what is left is the reconciler's to bring back."""
        for _ in range(STREAM_TRIES):
            try:
                if not announce([order_id], self.announcing).errors:
                    return
            except Killed:
                continue

    def _take_sent(self) -> None:
        for work, delay in self.queues.sent:
            self._later(delay, partial(self._work, work))
        self.queues.sent.clear()

    def _fire_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.clock.now():
            heapq.heappop(self._waiting)[2]()

    def _later(self, seconds: int, what: Callable[[], None]) -> None:
        moment = self.clock.now() + timedelta(seconds=seconds)
        heapq.heappush(self._waiting, (moment, next(self._number), what))

    def _work(self, work: Work) -> None:
        try:
            outcome = self._do(work)
        except Killed:
            self._later(VISIBILITY, lambda: self._work(work))
            return
        self.outcomes.append((work, outcome))
        if isinstance(outcome, RetryAfter):
            self._later(outcome.seconds, lambda: self._work(work))
        elif isinstance(outcome, DeadLetter):
            self._redrive(DeadMessage(work.step, to_json(work), "message-1", reason=outcome.reason))

    def _do(self, work: Work) -> Outcome:
        model = ModelPorts(self.model, self.breaker, attempts=3)
        if work.step is Step.PARSE:
            return parse_list(work, self.steps, model)
        if work.step is Step.MATCH:
            return match_products(work, self.steps, self.catalogue, model)
        if work.step is Step.FULFIL:
            return fulfil(work, self.steps)
        return process_payment(work, self.steps, self.links, self.payments, RefundRules())

    def _redrive(self, message: DeadMessage) -> None:
        try:
            redrive(message, self.redrives)
        except (Killed, PortError):
            self._later(VISIBILITY, lambda: self._redrive(message))

    def _attempt(self, what: Callable[[], object]) -> None:
        try:
            what()
        except (Killed, PortError):
            return

    def _insist(self, what: Callable[[], object]) -> None:
        while True:
            try:
                what()
            except (Killed, PortError):
                continue
            return

    def check_money(self) -> None:
        """One charge applied at most, every other given back once, nothing fulfilled unpaid."""
        order = self.order
        paid = {charge.transaction_id for charge in self.provider.charges}
        applied = {order.charge_id} - {None}
        assert applied <= paid
        assert sorted(self.provider.refunds) == sorted(set(self.provider.refunds))
        assert applied.isdisjoint(self.provider.refunds)
        assert applied | set(self.provider.refunds) == paid
        assert {r.transaction_id for r in order.refunds} == set(self.provider.refunds)
        assert all(refund.state is RefundState.DONE for refund in order.refunds)
        for before, after in itertools.pairwise(self.orders.history):
            assert after.charge_id == before.charge_id or before.charge_id is None
        assert order.status is not Status.FULFILLED or applied
