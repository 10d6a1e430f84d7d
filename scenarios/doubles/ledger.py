"""What the payment provider has on its books: transactions, charges, refunds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from harness.model import Json

Status = Literal["abandoned", "failed", "success", "reversed"]

_FIRST_TRANSACTION = 4_099_260_516
_FIRST_REFUND = 3_018_284


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
