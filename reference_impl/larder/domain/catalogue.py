"""What the store sells."""

from __future__ import annotations

from dataclasses import dataclass

from larder.domain.money import Money


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `price` is for one `unit` of it (each, pack, kg, l …)."""

    product_id: str
    name: str
    product_type: str
    price: Money
    unit: str = "each"
    aliases: tuple[str, ...] = ()
    available: bool = True
