"""What the stories wait for, in Larder's words."""

import time
from collections.abc import Collection, Iterable

from harness import Past, Reaches, Seen, Stage
from harness.model import Record
from scenarios.doors import Door, Said
from scenarios.shop import Order

STATUS = "order.status"
"""What the orders table's stream is called in a history."""

_PAUSE = 0.5
"""Seconds between two looks at one's order: a customer's limit is a few a second."""

LINKED = frozenset({"PAYMENT_INITIATED", "PAID", "FULFILLED"})


def are(orders: Iterable[Order], states: Collection[str]) -> Reaches:
    """Every order is in one of these states."""
    return Reaches(STATUS, (o.id for o in orders), states)


def offered(orders: Iterable[Order], link: int) -> Reaches:
    """Every order's latest link is its ``link``-th."""
    return Reaches(STATUS, (o.id for o in orders), {link}, field="paymentAttempt")


def alerts(words: str, count: int) -> Seen:
    """The ops topic was told so, this many times."""

    def says(record: Record) -> bool:
        return record.name.startswith("topic.") and words in str(record.value)

    return Seen(f"an alert {words!r}", says, count)


def failed_calls(name: str, count: int) -> Seen:
    """A third party failed this many calls of an operation."""

    def failed(record: Record) -> bool:
        return record.name == name and record.kind == "info"

    return Seen(f"a failed {name}", failed, count)


def windows_over(answers: Iterable[Said]) -> Past:
    """The windows that these answers were counted in, as far as they say, have ended."""
    return Past(max(said.reset for said in answers if said.reset is not None))


class OneChargeKept:
    """Of every order's charges all but one were refunded."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._kept = {order.id: 0 for order in orders}

    def see(self, record: Record) -> None:
        """Count charges up and refunds down."""
        if record.key in self._kept:
            self._kept[record.key] += record.name == "paystack.charge"
            self._kept[record.key] -= record.name == "paystack.refund"

    def met(self) -> bool:
        """One is kept of each."""
        return all(kept == 1 for kept in self._kept.values())

    def missing(self) -> str:
        """Whose charges are not one."""
        wrong = [f"{key} keeps {kept}" for key, kept in self._kept.items() if kept != 1]
        return f"{len(wrong)} of {len(self._kept)} orders: {', '.join(wrong[:3])}"


class Probed:
    """A third party that had failed so often, and then was left alone, was called again."""

    def __init__(self, name: str, *, failures: int, alone: float) -> None:
        self._name = name
        self._failures = failures
        self._alone = alone
        self._last: float | None = None
        self._probed = False

    def see(self, record: Record) -> None:
        """A call that comes so many seconds after the one before is a probe."""
        if record.name != self._name:
            return
        if self._failures > 0:
            self._failures -= record.kind == "info"
            self._last = record.at
            return
        if record.kind == "invoke" and self._last is not None:
            self._probed |= record.at - self._last >= self._alone
        self._last = record.at

    def met(self) -> bool:
        """It was."""
        return self._probed

    def missing(self) -> str:
        """Nobody did."""
        return f"no probe: {self._name} was not called after {self._alone:g} s of rest"


def shown(orders: Iterable[Order], states: Collection[str]) -> Reaches:
    """Every order's customer was shown it in one of these, by the app that follows it."""
    return Reaches("followed onOrderUpdated", (o.id for o in orders), states, field="body.status")


class LinkShown:
    """The customer's own order shows a payment link: for stages whose tables nobody watches."""

    def __init__(self, stage: Stage, door: Door, order: Order) -> None:
        self._stage, self._door, self._order = stage, door, order
        self._next = 0.0
        self._said = "not looked at"

    def see(self, record: Record) -> None:
        """Nothing: it asks."""

    def met(self) -> bool:
        """Ask, now and then."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _PAUSE
        said = self._stage.do(self._door.read(self._order.customer, self._order.id))
        self._said = said.refusal or said.body["status"]
        return said.ok and said.body["status"] in LINKED and bool(said.body.get("payment"))

    def missing(self) -> str:
        """What it is instead."""
        return f"the order {self._order.id} shows no payment link: {self._said}"
