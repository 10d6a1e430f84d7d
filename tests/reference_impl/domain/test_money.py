"""Money is whole minor units of one currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.errors import CurrencyMismatch
from larder.domain.money import Money, total

AMOUNTS = st.integers(0, 10**9).map(lambda amount: Money(amount, "NGN"))
QUANTITIES = st.decimals("0.001", "1000", places=3)


@given(st.lists(AMOUNTS, min_size=1))
def test_a_total_is_the_sum_of_its_parts(amounts: list[Money]) -> None:
    assert total(amounts) == Money(sum(each.amount for each in amounts), "NGN")


def test_of_nothing_there_is_no_total() -> None:
    assert total([]) is None


def test_currencies_are_not_mixed() -> None:
    with pytest.raises(CurrencyMismatch, match="Can't add USD to NGN"):
        Money(1, "NGN") + Money(1, "USD")


@given(AMOUNTS, QUANTITIES)
def test_a_price_times_a_quantity_is_at_most_half_a_unit_off(price: Money, many: Decimal) -> None:
    assert abs(price.times(many).amount - price.amount * many) <= Decimal("0.5")


@given(AMOUNTS, st.integers(0, 1000))
def test_a_whole_quantity_is_exact(price: Money, many: int) -> None:
    assert price.times(Decimal(many)).amount == price.amount * many


def test_half_a_minor_unit_is_rounded_up() -> None:
    assert Money(5, "NGN").times(Decimal("0.5")) == Money(3, "NGN")
