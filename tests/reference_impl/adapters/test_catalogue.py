"""The products table, on an emulator."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from larder.adapters.catalogue import FRESH_FOR, PRODUCT_TYPES, DynamoCatalogue
from larder.adapters.items import to_item
from larder.domain.catalogue import Product
from larder.services.errors import BadCursor

from tests.reference_impl.samples import seed_products
from tests.reference_impl.stack import Cloud


def put(cloud: Cloud, table: str, product: Product, **instead: object) -> None:
    record = {
        "productId": product.product_id,
        "name": product.name,
        "productType": product.product_type,
        "unit": product.unit,
        "price": product.price.amount,
        "currency": product.price.currency,
        "aliases": list(product.aliases),
        "available": product.available,
    }
    cloud.client("dynamodb").put_item(TableName=table, Item=to_item({**record, **instead}))


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> str:
    name = cloud.table("ProductsTable")
    for product in seed_products():
        put(cloud, name, product)
    return name


@pytest.fixture(scope="module")
def catalogue(cloud: Cloud, table: str) -> DynamoCatalogue:
    return DynamoCatalogue(cloud.client("dynamodb"), table, lambda: 0.0)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=st.none() | st.sampled_from(PRODUCT_TYPES), limit=st.integers(1, 100))
def test_pages_of_any_size_hold_every_product_once_in_the_order_of_ids(
    catalogue: DynamoCatalogue, kind: str | None, limit: int
) -> None:
    seen: list[Product] = []
    cursor = None
    while True:
        page = catalogue.page(kind, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.cursor
        if cursor is None:
            break
    fitting = [p for p in seed_products() if kind in {None, p.product_type}]
    assert seen == sorted(fitting, key=lambda product: product.product_id)


def test_a_cursor_is_a_position_whether_or_not_a_product_is_there(
    catalogue: DynamoCatalogue,
) -> None:
    after = catalogue.page(None, limit=1, cursor="fruits-999").items[0]
    assert after.product_id.startswith("grains-")
    assert catalogue.page("fruits", limit=1, cursor="grains-001").items == ()


def test_a_cursor_that_is_no_product_id_is_refused(catalogue: DynamoCatalogue) -> None:
    with pytest.raises(BadCursor):
        catalogue.page(None, limit=1, cursor="caviar-001")


def test_what_is_not_available_is_listed_but_not_sold(catalogue: DynamoCatalogue) -> None:
    sold = catalogue.products()
    assert all(product.available for product in sold)
    assert len(sold) == sum(product.available for product in seed_products())


def test_the_catalogue_is_read_again_when_it_is_no_longer_fresh(cloud: Cloud) -> None:
    now, name = [0.0], cloud.table("ProductsTable")
    catalogue = DynamoCatalogue(cloud.client("dynamodb"), name, lambda: now[0])
    assert catalogue.products() == ()
    put(cloud, name, seed_products()[0])
    assert catalogue.products() == ()
    now[0] = FRESH_FOR + 1
    assert catalogue.products() == seed_products()[:1]


def test_texts_of_a_plain_import_are_understood(cloud: Cloud) -> None:
    name, product = cloud.table("ProductsTable"), seed_products()[0]
    put(
        cloud, name, product,
        price=str(product.price.amount), aliases="|".join(product.aliases), available="true",
    )  # fmt: skip
    assert DynamoCatalogue(cloud.client("dynamodb"), name, lambda: 0.0).products() == (product,)
