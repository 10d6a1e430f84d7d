"""What customers want, drawn: groceries whose truth is known, and the words they ask in."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from scenarios.doors import By

_SEED = Path(__file__).parent.parent / "reference_impl" / "seed"


@dataclass(frozen=True)
class Product:
    """A line of the catalogue; ``price`` in minor units."""

    id: str
    name: str
    price: int
    words: str
    """Words that mean this product and no other."""


@dataclass(frozen=True)
class Wanted:
    """So many of a product."""

    product: Product
    quantity: int


@dataclass(frozen=True)
class Basket:
    """One grocery list: what is wanted, and the text that says so."""

    wanted: tuple[Wanted, ...]
    text: str
    customer: int
    """Which of the case's customers sends it."""
    by: By = By.REST
    """The door that the customer takes, for this list and all that comes of it."""

    @property
    def total(self) -> int:
        """What it costs at the catalogue's prices, in minor units."""
        return sum(w.quantity * w.product.price for w in self.wanted)

    def __repr__(self) -> str:
        who = f"customer={self.customer}, by={self.by}"
        return f"Basket({self.text!r}, {who}, total={self.total})"


@cache
def catalogue() -> tuple[Product, ...]:
    """The products that can be had, each with words that are its own, in the order of the CSV."""
    with (_SEED / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["available"] == "true"]
    meant: dict[str, int] = {}
    for row in rows:
        for alias in row["aliases"].split("|"):
            meant[alias] = meant.get(alias, 0) + 1
    return tuple(
        Product(row["productId"], row["name"], int(row["price"]), own[0])
        for row in rows
        if (own := [a for a in row["aliases"].split("|") if meant[a] == 1 and a.isascii()])
    )


def prices() -> dict[str, int]:
    """Every product's price in minor units, available or not."""
    with (_SEED / "products.csv").open(encoding="utf-8", newline="") as file:
        return {r["productId"]: int(r["price"]) for r in csv.DictReader(file)}


BETWEEN = ("\n", ", ", "\n- ")
AMOUNTS = ("{n} {w}", "{n} x {w}", "{w} x {n}")
"""How people write lists."""
MOST_OF_ONE = 9


def written(wanted: Iterable[Wanted], between: str, amount: str) -> str:
    """The list as its customer writes it; ``between`` and ``amount`` are of the above."""
    return between.join(amount.format(n=w.quantity, w=w.product.words) for w in wanted)


@st.composite
def one_basket(draw: st.DrawFn, most: int = 5, customers: int = 3) -> Basket:
    """A sensible list of one to ``most`` different products."""
    products = draw(
        st.lists(st.sampled_from(catalogue()), min_size=1, max_size=most, unique_by=lambda p: p.id)
    )
    wanted = tuple(Wanted(p, draw(st.integers(1, MOST_OF_ONE))) for p in products)
    between, amount = draw(st.sampled_from(BETWEEN)), draw(st.sampled_from(AMOUNTS))
    text = written(wanted, between, amount)
    return Basket(wanted, text, draw(st.integers(0, customers - 1)), draw(st.sampled_from(By)))


def baskets(
    count: tuple[int, int] = (5, 10), *, most: int = 5, customers: int = 3
) -> SearchStrategy[tuple[Basket, ...]]:
    """Many lists at once: what one case is about."""
    low, high = count
    return st.lists(one_basket(most, customers), min_size=low, max_size=high).map(tuple)
