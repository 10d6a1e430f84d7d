"""Items to products. Only what is surely meant is matched here; the rest is asked or suggested."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from larder.domain.catalogue import Product
from larder.domain.lists import NOT_UNDERSTOOD
from larder.domain.order import Item, Line, Suggestion, Unmatched
from larder.domain.quantities import (
    MAX_QUANTITY,
    Amount,
    convert,
    is_measure,
    read_amount,
    tokens,
)
from larder.domain.words import alike, stems

MAX_SUGGESTIONS = 5
_SURELY = 1.5  # the score of an item that is half of a product's name
_FILLERS = frozenset(stems("of the a an some with and"))
# Words that say what kind, not which product; dropped where the rest decides.
_QUALIFIERS = frozenset(stems("fresh big large small medium ripe good nice clean new best eja"))

Stems: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The product that is surely meant."""

    product: Product


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Products that may be meant, best first; the choice isn't ours."""

    candidates: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing that is sold; what comes near, best first."""

    suggestions: tuple[Product, ...] = ()


Finding: TypeAlias = Match | Ambiguous | NoMatch


def suggestions_of(finding: Finding) -> tuple[Product, ...]:
    """What to suggest where a finding is no match."""
    if isinstance(finding, Ambiguous):
        return finding.candidates
    return finding.suggestions if isinstance(finding, NoMatch) else ()


@dataclass(frozen=True, slots=True)
class _Known:
    product: Product
    phrases: tuple[Stems, ...]
    names: tuple[Stems, ...]


def _known(product: Product) -> _Known:
    phrases = tuple(stems(name) for name in (product.name, *product.aliases))
    return _Known(product, phrases, tuple(_without(_FILLERS, phrase) for phrase in phrases))


class Shelves:
    """The catalogue, ready to be searched by the words of items."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._known = [
            _known(product)
            for product in sorted(products, key=lambda product: product.product_id)
            if product.available
        ]

    def find(self, item: Item) -> Finding:
        """What an item means: named exactly, nearly, or by parts of a name."""
        if item.confidence == NOT_UNDERSTOOD:
            return NoMatch()
        bare = item.name.split("(")[0]
        with_unit = self._by_unit(item.unit, bare) if item.unit is not None else []
        if with_unit:
            return _one_or_many(with_unit)
        asked = [_keys(item.name), _keys(bare), _without(_QUALIFIERS, _keys(bare))]
        for name in filter(None, asked):
            for same in (_is_same, _is_nearly_same):
                found = [known.product for known in self._known if same(known, name)]
                if found:
                    return _one_or_many(found)
        return self._by_parts(asked[-1] or asked[-2])

    def _by_unit(self, unit: str, bare: str) -> list[Product]:
        """Where the unit is part of a name: a crate of eggs isn't any eggs, tin tomatoes aren't
        fresh; but a tin of milk is the milk that is sold in tins."""
        phrase, name = stems(f"{unit} of {bare}"), _keys(bare)
        named_so = [known.product for known in self._known if phrase in known.phrases]
        sold_so = [k.product for k in self._known if k.product.unit == unit and _is_same(k, name)]
        called_so = [k.product for k in self._known if _is_same(k, _keys(f"{unit} {bare}"))]
        return named_so or sold_so or called_so

    def _by_parts(self, name: Stems) -> Finding:
        """By the share of words: products whose names hold all of the item's words are candidates,
        others that share some are suggestions."""
        scored = [(_score(known, name), known.product) for known in self._known]
        near = sorted(
            (pair for pair in scored if pair[0] > 0),
            key=lambda pair: (-pair[0], pair[1].product_id),
        )
        whole = [product for score, product in near if score > 1]
        if whole and near[0][0] <= _SURELY:  # "roasted" is less than half of a name
            return Ambiguous(tuple(whole[:MAX_SUGGESTIONS]))
        if whole:
            return _one_or_many(whole)
        return NoMatch(tuple(product for _, product in near[:MAX_SUGGESTIONS]))


def _one_or_many(found: Sequence[Product]) -> Finding:
    return Match(found[0]) if len(found) == 1 else Ambiguous(tuple(found[:MAX_SUGGESTIONS]))


def _keys(name: str) -> Stems:
    return _without(_FILLERS, stems(name))


def _without(unwanted: frozenset[str], name: Stems) -> Stems:
    return tuple(word for word in name if word not in unwanted)


def _is_same(known: _Known, name: Stems) -> bool:
    return name in known.names


def _is_nearly_same(known: _Known, name: Stems) -> bool:
    return any(
        len(other) == len(name) and all(alike(a, b) for a, b in zip(other, name, strict=True))
        for other in known.names
    )


def _score(known: _Known, name: Stems) -> float:
    """In (1, 2] when some name holds all words, in (0, 1) when it holds some, else 0."""
    best = 0.0
    for other in known.names:
        shared = sum(any(alike(word, each) for each in other) for word in name)
        if not shared:
            continue
        share = shared / max(len(other), len(name))
        best = max(best, 1 + share if shared == len(name) else share)
    return best


def quantity_of(item: Item, product: Product) -> Decimal:
    """How many of the product's units an item asks for.

    Comparable units are converted. For a weight or volume of something that is sold in packs of a
    known size it is the packs that hold it; of an unknown size, one pack. Otherwise the number is
    taken as one of the product's units.
    """
    asked = Amount(item.quantity, item.unit)
    if item.unit is None:
        return item.quantity
    converted = convert(asked, product.unit)
    if converted is not None:
        return min(max(converted, Decimal("0.001")), MAX_QUANTITY)
    if is_measure(item.unit) and not is_measure(product.unit):
        return _packs(asked, product)
    return item.quantity


def _packs(asked: Amount, product: Product) -> Decimal:
    size = _size_in(product.name)
    whole = convert(asked, size.unit) if size is not None and size.unit is not None else None
    if size is None or whole is None or not size.quantity:
        return Decimal(1)
    return min(Decimal(max(1, math.ceil(whole / size.quantity))), MAX_QUANTITY)


def _size_in(name: str) -> Amount | None:
    """The size that a product's name tells: Long grain rice (5 kg bag)."""
    found = tokens(name)
    for at, token in enumerate(found):
        read = read_amount(found, at) if token.value is not None else None
        if read is not None and is_measure(read[0].unit):
            return read[0]
    return None


def lines_of(wanted: Iterable[tuple[Item, Product]]) -> tuple[Line, ...]:
    """One line for each product, at the catalogue's price, in the order of the list."""
    quantities: dict[str, tuple[Product, Decimal]] = {}
    for item, product in wanted:
        before = quantities.get(product.product_id, (product, Decimal(0)))[1]
        quantity = min(before + quantity_of(item, product), MAX_QUANTITY)
        quantities[product.product_id] = (product, quantity)
    return tuple(
        Line(
            product_id=product.product_id,
            name=product.name,
            quantity=quantity,
            unit_price=product.price,
            line_total=product.price.times(quantity),
        )
        for product, quantity in quantities.values()
    )


def unmatched(item: Item, suggestions: Iterable[Product]) -> Unmatched:
    """What the customer is told of an item without a product."""
    return Unmatched(
        item.name,
        tuple(Suggestion(product.product_id, product.name) for product in suggestions),
    )
