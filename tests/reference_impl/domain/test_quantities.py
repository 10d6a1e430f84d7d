"""Amounts are read as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.quantities import (
    MAX_QUANTITY,
    Amount,
    convert,
    is_measure,
    read_amount,
    rounded,
    tokens,
    unit_named,
)


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("2", "2", None),
        ("2.5 kg", "2.5", "kg"),
        ("2kg", "2", "kg"),
        ("2x", "2", None),
        ("2 x 3", "2", None),
        ("1/2 kilo", "0.5", "kg"),
        ("1 1/2 litres", "1.5", "l"),
        ("1½ kg", "1.5", "kg"),
        ("½", "0.5", None),
        ("two", "2", None),
        ("twenty five", "25", None),
        ("two hundred grams", "200", "g"),
        ("a hundred", "100", None),
        ("half a kilo", "0.5", "kg"),
        ("half of a kilo", "0.5", "kg"),
        ("a quarter kg", "0.25", "kg"),
        ("one and a half bags", "1.5", "bag"),
        ("2 and 1/2", "2.5", None),
        ("a dozen", "1", "dozen"),
        ("dozen", "1", "dozen"),
        ("half a dozen", "0.5", "dozen"),
        ("2 dozen", "2", "dozen"),
        ("a couple of", "2", None),
        ("a bottle", "1", "bottle"),
        ("3 loaves", "3", "loaf"),
        ("4 pcs", "4", "piece"),
    ],
)
def test_an_amount_is_understood(text: str, quantity: str, unit: str | None) -> None:
    read = read_amount(tokens(text))
    assert read is not None
    assert read[0] == Amount(Decimal(quantity), unit)


@pytest.mark.parametrize("text", ["", "rice", "a", "1/0", "7up"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(tokens(text)) is None


def test_letters_glued_to_a_number_stay_a_name() -> None:
    assert [token.text for token in tokens("7up 2kg 3x")] == ["7up", "2", "kg", "3", "x"]


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    found = tokens(text)
    for at in range(len(found)):
        read = read_amount(found, at)
        assert read is None or at < read[1] <= len(found)


@given(st.decimals("0.001", "1000", places=3), st.sampled_from(["kg", "l", "dozen"]))
def test_a_conversion_there_and_back_is_the_same(quantity: Decimal, unit: str) -> None:
    smallest = {"kg": "g", "l": "ml", "dozen": "piece"}[unit]
    there = convert(Amount(quantity, unit), smallest)
    assert there is not None
    assert convert(Amount(there, smallest), unit) == quantity


@pytest.mark.parametrize(("unit", "other"), [("kg", "l"), ("kg", "bag"), ("bag", "tin")])
def test_units_of_different_kinds_are_not_converted(unit: str, other: str) -> None:
    assert convert(Amount(Decimal(1), unit), other) is None


def test_units_have_many_names() -> None:
    names = [unit_named(name) for name in ("kilos", "grammes", "packet", "btl", "lime")]
    assert names == ["kg", "g", "pack", "bottle", None]
    assert [is_measure(unit) for unit in ("kg", "ml", "bag", "dozen", None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.decimals(0, 10**30, places=3))
def test_only_amounts_within_the_limit_are_sane(quantity: Decimal) -> None:
    assert Amount(rounded(quantity)).is_sane == (0 < quantity <= MAX_QUANTITY)
