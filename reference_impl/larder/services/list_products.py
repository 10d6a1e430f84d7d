"""What can be bought."""

from __future__ import annotations

from larder.domain.catalogue import Product
from larder.services.ports import Catalogue, Page


def list_products(
    catalogue: Catalogue, *, product_type: str | None, limit: int, cursor: str | None
) -> Page[Product]:
    """A page of products in the order of their ids. Raises BadCursor, StoreUnavailable."""
    return catalogue.page(product_type, limit=limit, cursor=cursor)
