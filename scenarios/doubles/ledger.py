"""What the payment provider has on its books: transactions, charges, refunds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from harness.model import Json

Status = Literal["abandoned", "failed", "success", "reversed"]

_FIRST_TRANSACTION = 4_099_260_516
_FIRST_REFUND = 3_018_284
_FEE = 0.015


@dataclass(frozen=True)
class Charge:
    """Money that was taken from a customer. Amounts are in minor units."""

    transaction: int
    reference: str
    order: str | None
    amount: int
    currency: str


@dataclass(frozen=True)
class Refund:
    """Money that was given back."""

    id: int
    transaction: int
    reference: str
    order: str | None
    amount: int
    currency: str


@dataclass
class Transaction:
    """One reference, from its initialization on."""

    id: int
    reference: str
    email: str
    amount: int
    currency: str
    metadata: Mapping[str, Json]
    created: float
    status: Status = "abandoned"
    gateway_response: str = "The transaction was not completed"
    paid: float | None = None
    charged: int = 0
    refunded: int = 0

    @property
    def order(self) -> str | None:
        """The order it pays, as the application named it."""
        order = self.metadata.get("orderId")
        return order if isinstance(order, str) else None

    @property
    def access_code(self) -> str:
        """What its checkout page is known by."""
        return sha256(f"{self.id}".encode()).hexdigest()[:15]


@dataclass
class Ledger:
    """The books."""

    transactions: dict[str, Transaction] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    def open(
        self, reference: str, email: str, amount: int, currency: str,
        metadata: Mapping[str, Json], now: float,
    ) -> Transaction:  # fmt: skip
        """A new transaction, not paid yet."""
        number = _FIRST_TRANSACTION + len(self.transactions)
        made = Transaction(number, reference, email, amount, currency, metadata, now)
        self.transactions[reference] = made
        return made

    def find(self, name: Json) -> Transaction | None:
        """By reference or by id."""
        if isinstance(name, str) and name in self.transactions:
            return self.transactions[name]
        return next((t for t in self if str(t.id) == str(name)), None)

    def __iter__(self) -> Iterator[Transaction]:
        return iter(self.transactions.values())

    def charge(self, transaction: Transaction, amount: int, now: float) -> Charge:
        """Take the money."""
        transaction.status, transaction.gateway_response = "success", "Successful"
        transaction.paid, transaction.charged = now, amount
        charge = Charge(
            transaction.id, transaction.reference, transaction.order, amount, transaction.currency
        )
        self.charges.append(charge)
        return charge

    def refund(self, transaction: Transaction, amount: int) -> Refund:
        """Give some or all of it back."""
        transaction.refunded += amount
        if transaction.refunded >= transaction.charged:
            transaction.status = "reversed"
        refund = Refund(
            _FIRST_REFUND + len(self.refunds), transaction.id, transaction.reference,
            transaction.order, amount, transaction.currency,
        )  # fmt: skip
        self.refunds.append(refund)
        return refund


def stamp(at: float | None) -> str | None:
    """A time as the provider writes it."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def described(transaction: Transaction) -> dict[str, Json]:
    """A transaction as verify and the webhook show it."""
    succeeded = transaction.paid is not None
    return {
        "id": transaction.id,
        "domain": "test",
        "status": transaction.status,
        "reference": transaction.reference,
        "receipt_number": None,
        "amount": transaction.charged if succeeded else transaction.amount,
        "message": None,
        "gateway_response": transaction.gateway_response,
        "paid_at": stamp(transaction.paid),
        "created_at": stamp(transaction.created),
        "channel": "card",
        "currency": transaction.currency,
        "ip_address": "127.0.0.1",
        "metadata": dict(transaction.metadata) or "",
        "log": None,
        "fees": round(transaction.charged * _FEE) if succeeded else None,
        "fees_split": None,
        "authorization": _authorization(transaction) if succeeded else {},
        "customer": _customer(transaction),
        "plan": None,
        "split": {},
        "order_id": None,
        "paidAt": stamp(transaction.paid),
        "createdAt": stamp(transaction.created),
        "requested_amount": transaction.amount,
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "connect": None,
        "transaction_date": stamp(transaction.created),
        "plan_object": {},
        "subaccount": {},
    }


def described_refund(
    refund: Refund, transaction: Transaction, notes: Mapping[str, Json], now: float
) -> dict[str, Json]:
    """A refund as its creation shows it."""
    note = f"Refund for transaction {transaction.reference}"
    return {
        "transaction": {
            "id": transaction.id,
            "domain": "test",
            "reference": transaction.reference,
            "amount": transaction.charged,
            "paid_at": stamp(transaction.paid),
            "channel": "card",
            "currency": transaction.currency,
            "authorization": {"exp_month": None, "exp_year": None, "account_name": None},
            "customer": {"international_format_phone": None},
            "plan": {},
            "subaccount": {"currency": None},
            "split": {},
            "order_id": None,
            "paidAt": stamp(transaction.paid),
            "pos_transaction_data": None,
            "source": None,
            "fees_breakdown": None,
        },
        "integration": 412829,
        "deducted_amount": 0,
        "channel": None,
        "merchant_note": notes.get("merchant_note") or note,
        "customer_note": notes.get("customer_note") or note,
        "status": "pending",
        "refunded_by": "merchant@example.com",
        "expected_at": stamp(now + 10 * 86400),
        "currency": refund.currency,
        "domain": "test",
        "amount": refund.amount,
        "fully_deducted": False,
        "id": refund.id,
        "createdAt": stamp(now),
        "updatedAt": stamp(now),
    }


def _authorization(transaction: Transaction) -> dict[str, Json]:
    return {
        "authorization_code": f"AUTH_{transaction.access_code[:10]}",
        "bin": "408408",
        "last4": "4081",
        "exp_month": "12",
        "exp_year": "2030",
        "channel": "card",
        "card_type": "visa ",
        "bank": "TEST BANK",
        "country_code": "NG",
        "brand": "visa",
        "reusable": True,
        "signature": f"SIG_{transaction.access_code}",
        "account_name": None,
    }


def _customer(transaction: Transaction) -> dict[str, Json]:
    return {
        "id": 181873746,
        "first_name": None,
        "last_name": None,
        "email": transaction.email,
        "customer_code": f"CUS_{transaction.access_code}",
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }
