"""Money: whole minor units (kobo, cents) with their currency. Never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from larder.domain.errors import CurrencyMismatch


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """The sum; raises CurrencyMismatch."""
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"Can't add {other.currency} to {self.currency}: convert one of them first."
            )
        return Money(self.amount + other.amount, self.currency)

    def times(self, quantity: Decimal) -> Money:
        """The price of `quantity` units, rounded half up to whole minor units."""
        exact = quantity * self.amount
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)


def total(amounts: list[Money]) -> Money | None:
    """The sum of amounts of one currency; None when there are none. Raises CurrencyMismatch."""
    if not amounts:
        return None
    result = Money(0, amounts[0].currency)
    for amount in amounts:
        result = result + amount
    return result
