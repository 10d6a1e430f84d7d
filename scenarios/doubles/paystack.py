"""Paystack, as its API reference and its published samples describe it.

https://paystack.com/docs/api/transaction/, /docs/api/refund/, /docs/api/errors/ and
/docs/payments/webhooks/. Paths, fields, statuses, error bodies and the webhook's signature are
theirs. Money is in minor units.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from harness.doubles import Double, Host, Reply, Request, Route
from harness.faults import Menu
from harness.model import Fault, Json
from scenarios.doubles.ledger import (
    Charge,
    Ledger,
    Refund,
    Transaction,
)
from scenarios.doubles.mishaps import PAYSTACK
from scenarios.doubles.papers import described, described_refund
from scenarios.doubles.refusals import ERRORS, refused
from scenarios.doubles.webhooks import Webhooks

__all__ = ["CURRENCIES", "PAYSTACK", "Paystack"]

CURRENCIES = ("NGN", "GHS", "ZAR", "USD", "KES", "XOF")
_MOST = 1_000_000_000
"""Minor units: 10,000,000 of any currency."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REFERENCE = re.compile(r"[A-Za-z0-9.=-]+")


class Paystack(Double):
    """The API under the application's secret key, the checkout page, and the webhooks."""

    name: ClassVar[str] = "paystack"
    menu: ClassVar[Menu] = PAYSTACK

    def __init__(self, host: Host, clock: Callable[[], float] = time.time) -> None:
        super().__init__(host)
        self._clock = clock
        self._ledger = Ledger()
        self.webhooks = Webhooks(host)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every charge, in order."""
        return tuple(self._ledger.charges)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """Every refund, in order."""
        return tuple(self._ledger.refunds)

    def references(self, order: str) -> tuple[str, ...]:
        """The references that were initialized for an order, in order."""
        return tuple(t.reference for t in list(self._ledger) if t.order == order)

    def routes(self) -> Sequence[Route]:
        """The operations that Larder uses."""
        return (
            Route("POST", "/transaction/initialize", "transaction.initialize", self._initialize),
            Route("GET", "/transaction/verify/{reference}", "transaction.verify", self._verify),
            Route("POST", "/refund", "refund.create", self._refund),
        )

    def error(self, status: int, code: str | None = None) -> Reply:
        """Paystack's error body; with a status alone, what its proxies and servers say."""
        if code is not None and code in ERRORS:
            return refused(code, status)
        said = {429: "Too many requests", 404: "Not found"}
        kind = "api_error" if status >= 500 else "validation_error"
        message = said.get(status, "An error occurred" if status >= 500 else "Invalid request")
        body = {"status": False, "message": message, "type": kind, "code": code or "unknown"}
        return Reply(status, body, {"Retry-After": "1"} if status == 429 else {})

    def key(self, request: Request) -> str | None:
        """The order: from the metadata, or of the transaction that is asked about."""
        if request.operation == "transaction.initialize":
            order = _metadata(_object(request)).get("orderId")
            return order if isinstance(order, str) else None
        name = request.parameters.get("reference") or _object(request).get("transaction")
        found = self._ledger.find(name)
        return found.order if found else None

    def summary(self, request: Request) -> Mapping[str, Json]:
        """Which transaction, and its money."""
        body = _object(request)
        reference = request.parameters.get("reference") or body.get("reference")
        given = {
            "reference": reference,
            "transaction": body.get("transaction"),
            "amount": body.get("amount"),
            "currency": body.get("currency"),
        }
        return {name: value for name, value in given.items() if value is not None}

    async def pay(
        self, reference: str, *, amount: int | None = None, currency: str | None = None
    ) -> Charge | None:
        """The customer pays on the checkout page, and the webhook announces it.

        Gives the charge; None when it was declined (by a planned fault) or paid before. ``amount``
        and ``currency`` differ from what was asked only if something is badly wrong. Returns when
        the webhooks that this brought about have been delivered, or dropped.

        Raises:
            KeyError: nothing was initialized under this reference.
        """
        transaction = self._ledger.transactions[reference]
        call = self.host.recorder.invoke(
            "double", "paystack.checkout", key=transaction.order, value={"reference": reference}
        )
        fault = self.host.take("checkout", key=transaction.order, reference=reference)
        transaction.currency = currency or transaction.currency
        charge = self._charge(transaction, fault, amount)
        if fault is not None and transaction.status == "failed":
            self.host.faults.fired(call, fault)
        self.host.recorder.complete(
            call, "ok" if charge else "fail", value={"status": transaction.status},
            fault=fault.id if fault else None,
        )  # fmt: skip
        if charge is not None:
            await self.webhooks.announce("charge.success", described(transaction), charge.order)
        return charge

    async def decline(self, reference: str) -> None:
        """The customer's bank refuses. Paystack announces no failure: only verify tells."""
        transaction = self._ledger.transactions[reference]
        call = self.host.recorder.invoke(
            "double", "paystack.checkout", key=transaction.order, value={"reference": reference}
        )
        self._declined(transaction)
        self.host.recorder.complete(call, "fail", value={"status": transaction.status})

    async def repeat_webhooks(self, order: str, times: int = 1) -> list[int | None]:
        """Send the webhook of each of the order's paid transactions again, all at once; gives the
        statuses they were met with."""
        paid = [t for t in self._ledger if t.order == order and t.paid is not None]
        return await asyncio.gather(
            *(
                self.webhooks.send("charge.success", described(t), order)
                for t in paid
                for _ in range(times)
            )
        )

    def sign(self, body: bytes) -> str:
        """The signature that makes a request Paystack's: how contract checks call its webhook."""
        return self.webhooks.signature(body)

    async def forge(self, reference: str, how: str, *, order: str | None = None) -> int | None:
        """Somebody else sends a ``charge.success``, paid or not; ``how`` is one of FORGED.

        The reference may be one that was never initialized. Gives the status it was met with.
        """
        known = self._known(reference)
        return await self.webhooks.forge(how, _as_paid(known), order or known.order)

    async def announces(self, event: str, reference: str, order: str | None = None) -> int | None:
        """An event of this name under Paystack's own signature, about a payment as if it had
        happened, whether it has or not. Gives the status it was met with."""
        known = self._known(reference)
        return await self.webhooks.send(event, _as_paid(known), order or known.order)

    def _known(self, reference: str) -> Transaction:
        """The transaction, or one that never was."""
        found = self._ledger.transactions.get(reference)
        return found or Transaction(1, reference, "a@example.com", 1, "NGN", {}, self._clock())

    def _charge(
        self, transaction: Transaction, fault: Fault | None, amount: int | None
    ) -> Charge | None:
        if transaction.paid is not None:
            return None
        if fault is not None and fault.do.do == "decline":
            self._declined(transaction)
            return None
        charge = self._ledger.charge(transaction, amount or transaction.amount, self._clock())
        self.host.recorder.observe(
            "paystack.charge", key=charge.order, feed="double", value=_money(charge)
        )
        return charge

    def _declined(self, transaction: Transaction) -> None:
        if transaction.paid is None:
            transaction.status, transaction.gateway_response = "failed", "Declined"

    def _initialize(self, request: Request) -> Reply:
        if not self._authorized(request):
            return refused("invalid_Key")
        if request.act("refuse"):
            return refused("inactive_merchant")
        body = _object(request)
        amount, reference = _amount(body.get("amount")), body.get("reference")
        wrong = self._wrong(body, amount, reference)
        if wrong or amount is None:
            return refused(wrong or "invalid_amount")
        number = len(self._ledger.transactions)
        made = self._ledger.open(
            str(reference or f"re4lyvq{number}"), str(body["email"]), amount,
            str(body.get("currency") or CURRENCIES[0]), _metadata(body), self._clock(),
        )  # fmt: skip
        data = {
            "authorization_url": f"https://checkout.paystack.com/{made.access_code}",
            "access_code": made.access_code,
            "reference": made.reference,
        }
        return _done("Authorization URL created", data, made)

    def _wrong(self, body: Mapping[str, Json], amount: int | None, reference: Json) -> str | None:
        """The code of the first thing that is wrong, in the order in which Paystack looks."""
        if not isinstance(body.get("email"), str) or not _EMAIL.fullmatch(body["email"]):
            return "invalid_email_address"
        if amount is None:
            return "invalid_amount"
        if body.get("currency", CURRENCIES[0]) not in CURRENCIES:
            return "unsupported_currency"
        if reference is not None and not _REFERENCE.fullmatch(str(reference)):
            return "invalid_reference"
        return "duplicate_reference" if str(reference) in self._ledger.transactions else None

    def _verify(self, request: Request) -> Reply:
        if not self._authorized(request):
            return refused("invalid_Key")
        transaction = self._ledger.transactions.get(request.parameters["reference"])
        if transaction is None:
            return refused("transaction_not_found")
        return _done("Verification successful", described(transaction), transaction)

    def _refund(self, request: Request) -> Reply:
        if not self._authorized(request):
            return refused("invalid_Key")
        body = _object(request)
        transaction = self._ledger.find(body.get("transaction"))
        if transaction is None:
            return refused("transaction_not_found")
        left = transaction.charged - transaction.refunded
        amount = _amount(body["amount"]) if "amount" in body else left
        wrong = _unrefundable(transaction, amount, left)
        if wrong or amount is None:
            return refused(wrong or "invalid_amount")
        refund = self._ledger.refund(transaction, amount)
        self.host.recorder.observe(
            "paystack.refund", key=refund.order, feed="double", value=_money(refund)
        )
        data = described_refund(refund, transaction, body, self._clock())
        return _done("Refund has been queued for processing", data, transaction)

    def _authorized(self, request: Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.host.secret('key')}"


def _as_paid(transaction: Transaction) -> dict[str, Json]:
    """As its event would show it, had it been paid."""
    return {**described(transaction), "status": "success", "gateway_response": "Successful"}


def _unrefundable(transaction: Transaction, amount: int | None, left: int) -> str | None:
    if transaction.paid is None:
        return "transaction_not_successful"
    if transaction.status == "reversed":
        return "transaction_reversed"
    return "refund_amount_exceeded" if amount is not None and amount > left else None


def _done(message: str, data: Json, transaction: Transaction) -> Reply:
    value = {"reference": transaction.reference, "state": transaction.status}
    body = {"status": True, "message": message, "data": data}
    return Reply(200, body, key=transaction.order, value=value)


def _money(moved: Charge | Refund) -> dict[str, Json]:
    return {
        "reference": moved.reference,
        "transaction": moved.transaction,
        "amount": moved.amount,
        "currency": moved.currency,
    }


def _object(request: Request) -> Mapping[str, Json]:
    body = request.json()
    return body if isinstance(body, dict) else {}


def _metadata(body: Mapping[str, Json]) -> Mapping[str, Json]:
    """Paystack takes an object or a string of JSON."""
    given = body.get("metadata")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return {}
    return given if isinstance(given, dict) else {}


def _amount(given: Json) -> int | None:
    """A positive whole number, also as a string."""
    text = str(given) if not isinstance(given, bool) else ""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        return None
    amount = int(text)
    return amount if 0 < amount <= _MOST else None
