"""The sample data are what the contracts allow, and what the scenarios can lean on."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

Check = Callable[[dict[str, Any], Any, Any], None]
SEED = Path(__file__).parents[2] / "reference_impl" / "seed"


def rows(name: str) -> list[dict[str, str]]:
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_products_enough_of_every_type(openapi: dict[str, Any]) -> None:
    types = Counter(row["productType"] for row in rows("products"))
    assert sum(types.values()) >= 60
    assert set(types) == set(openapi["components"]["schemas"]["ProductType"]["enum"])
    assert min(types.values()) >= 5


def test_every_product_is_one_that_the_contract_allows(
    openapi: dict[str, Any], valid: Check
) -> None:
    for row in rows("products"):
        product = {name: row[name] for name in ("productId", "name", "productType", "unit")}
        price = {"amount": int(row["price"]), "currency": row["currency"]}
        available = {"true": True, "false": False}[row["available"]]
        schema = openapi["components"]["schemas"]["Product"]
        valid(openapi, schema, {**product, "price": price, "available": available})
        assert int(row["price"]) > 0
        assert row["productId"].startswith(row["productType"])


def test_no_two_products_share_an_id_or_an_alias() -> None:
    products = rows("products")
    assert len({row["productId"] for row in products}) == len(products)
    aliases = [alias for row in products for alias in row["aliases"].split("|")]
    assert [alias for alias, n in Counter(aliases).items() if n > 1] == []
    assert all(alias == alias.strip().lower() and alias for alias in aliases)


def test_customers_are_of_both_tiers_and_have_addresses_that_the_contract_allows(
    openapi: dict[str, Any], valid: Check
) -> None:
    customers = rows("customers")
    assert len(customers) >= 10
    assert {row["tier"] for row in customers} == {"standard", "premium"}
    email = openapi["components"]["schemas"]["GroceryListSubmission"]["properties"]["customerEmail"]
    for row in customers:
        valid(openapi, email, row["customerEmail"])


def test_lists_go_from_sensible_to_hostile_and_each_may_be_sent(
    openapi: dict[str, Any], valid: Check
) -> None:
    lists = rows("lists")
    assert len(lists) >= 20
    kinds = {"sensible", "terse", "messy", "partly", "nothing", "hostile"}
    assert {row["kind"] for row in lists} == kinds
    text = openapi["components"]["schemas"]["GroceryListSubmission"]["properties"]["groceryList"]
    for row in lists:
        valid(openapi, text, row["groceryList"])


def test_what_a_list_asks_for_is_for_sale() -> None:
    for_sale = {row["productId"] for row in rows("products") if row["available"] == "true"}
    for row in rows("lists"):
        for pair in filter(None, row["asksFor"].split("|")):
            product, quantity = pair.split("=")
            assert product in for_sale, row["listId"]
            assert float(quantity) > 0
        assert bool(row["asksFor"]) or row["kind"] in {"nothing", "hostile"}
