"""Items find the products that are surely meant, and no others."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.domain.catalogue import Product
from larder.domain.lists import NOT_UNDERSTOOD, parse
from larder.domain.matching import (
    MAX_SUGGESTIONS,
    Ambiguous,
    Match,
    NoMatch,
    Shelves,
    lines_of,
    quantity_of,
    unmatched,
)
from larder.domain.order import Item, Line

from tests.reference_impl.samples import seed_lists, seed_products

SHELVES = Shelves(seed_products())
ON_SALE = st.sampled_from([product for product in seed_products() if product.available])
BY_ID = {product.product_id: product for product in seed_products()}


def find(text: str) -> str:
    (item,) = parse(text)
    finding = SHELVES.find(item)
    return finding.product.product_id if isinstance(finding, Match) else type(finding).__name__


def lines_for(text: str) -> tuple[Line, ...]:
    found = [(item, SHELVES.find(item)) for item in parse(text)]
    return lines_of((item, f.product) for item, f in found if isinstance(f, Match))


@pytest.mark.parametrize("row", seed_lists(), ids=lambda row: row["listId"])
def test_a_sample_list_becomes_what_it_asks_for(row: dict[str, str]) -> None:
    truth = [pair.split("=") for pair in filter(None, row["asksFor"].split("|"))]
    assert {line.product_id: line.quantity for line in lines_for(row["groceryList"])} == {
        product: Decimal(many) for product, many in truth
    }


@given(
    ON_SALE,
    st.integers(1, 9),
    st.sampled_from(["{n} {w}", "{n} x {w}", "{w} x {n}"]),
)
def test_a_product_asked_for_by_its_first_name_is_that_product(
    product: Product, many: int, form: str
) -> None:
    (line,) = lines_for(form.format(n=many, w=product.aliases[0]))
    assert (line.product_id, line.quantity) == (product.product_id, Decimal(many))


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("tomatos", "vegetables-001"),
        ("ripe tomatoes", "vegetables-001"),
        ("a crate of eggs", "dairy-001"),
        ("a dozen eggs", "dairy-002"),
        ("a tin of milk", "dairy-003"),
        ("2 tin tomatoes", "pantry-006"),
        ("rice (5 kg)", "grains-001"),
        ("puna yam tuber", "NoMatch"),
        ("smoked mackerel", "NoMatch"),
        ("seasoning", "pantry-005"),
        ("roasted", "Ambiguous"),
        ("red bell pepper", "vegetables-004"),
        ("fish", "Ambiguous"),
        ("oil", "Ambiguous"),
        ("coconut milk", "NoMatch"),
        ("peanut butter", "NoMatch"),
        ("mangoes", "NoMatch"),
        ("fresh", "Ambiguous"),
    ],
)
def test_a_name_finds_what_is_surely_meant(text: str, product: str) -> None:
    assert find(text) == product


def test_what_was_not_understood_is_never_matched() -> None:
    assert SHELVES.find(Item("beef", confidence=NOT_UNDERSTOOD)) == NoMatch()


def test_what_is_not_sold_comes_with_suggestions() -> None:
    item = Item("coconut milk")
    finding = SHELVES.find(item)
    assert isinstance(finding, NoMatch)
    told = unmatched(item, finding.suggestions)
    assert told.text == "coconut milk"
    assert [suggestion.product_id for suggestion in told.suggestions][:2] == [
        "dairy-003",
        "dairy-004",
    ]


@pytest.mark.parametrize(
    ("item", "product", "quantity"),
    [
        (Item("eggs", Decimal(3)), "dairy-002", "3"),
        (Item("eggs", Decimal(18), "piece"), "dairy-002", "1.5"),
        (Item("oranges", Decimal(2), "dozen"), "fruits-003", "24"),
        (Item("tomatoes", Decimal(500), "g"), "vegetables-001", "0.5"),
        (Item("tomatoes", Decimal("0.001"), "g"), "vegetables-001", "0.001"),
        (Item("rice", Decimal(12), "kg"), "grains-001", "3"),
        (Item("palm oil", Decimal(2), "l"), "pantry-001", "3"),
        (Item("yam", Decimal(3), "kg"), "tubers-001", "1"),
        (Item("honey", Decimal(1), "l"), "pantry-012", "1"),
        (Item("tomatoes", Decimal(2), "basket"), "vegetables-001", "2"),
        (Item("oranges", Decimal(1000), "dozen"), "fruits-003", "1000"),
    ],
)
def test_an_amount_becomes_the_products_own_units(item: Item, product: str, quantity: str) -> None:
    assert quantity_of(item, BY_ID[product]) == Decimal(quantity)


@given(
    st.lists(
        st.tuples(
            ON_SALE,
            st.decimals("0.001", "1000", places=3),
        ),
        max_size=12,
    )
)
def test_lines_are_one_for_each_product_at_the_catalogues_price(
    wanted: list[tuple[Product, Decimal]],
) -> None:
    lines = lines_of((Item("x", many), product) for product, many in wanted)
    assert len({line.product_id for line in lines}) == len(lines)
    for line in lines:
        assert line.unit_price == BY_ID[line.product_id].price
        assert line.line_total == line.unit_price.times(line.quantity)
        assert 0 < line.quantity <= 1000


@given(st.text(max_size=60))
def test_any_name_has_a_finding_with_few_suggestions(name: str) -> None:
    finding = SHELVES.find(Item(name))
    if isinstance(finding, Ambiguous):
        assert 1 <= len(finding.candidates) <= MAX_SUGGESTIONS
    elif isinstance(finding, NoMatch):
        assert len(finding.suggestions) <= MAX_SUGGESTIONS
    else:
        assert finding.product.available


def test_an_empty_shop_has_nothing() -> None:
    assert Shelves([]).find(Item("rice")) == NoMatch()
    assert lines_of([]) == ()
