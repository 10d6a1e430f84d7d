"""GET /v1/products: a page of the catalogue."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from larder.bootstrap import Parts, lambda_handler
from larder.domain.catalogue import Product
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.http import Response
from larder.functions.validation import Parameters, read_query
from larder.functions.views import view_money
from larder.services.errors import BadCursor
from larder.services.list_products import list_products


class ProductType(StrEnum):
    """The shelves of the store."""

    BEVERAGES = "beverages"
    DAIRY = "dairy"
    FRUITS = "fruits"
    GRAINS = "grains"
    PANTRY = "pantry"
    PROTEINS = "proteins"
    TUBERS = "tubers"
    VEGETABLES = "vegetables"


class Query(Parameters):
    """What a page may be asked for with."""

    type: ProductType | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    catalogue = parts.catalogue

    def act(call: CustomerCall) -> Response:
        query = read_query(call.request, Query)
        try:
            page = list_products(
                catalogue, product_type=query.type, limit=query.limit, cursor=query.cursor
            )
        except BadCursor as error:
            raise problems.bad_cursor() from error
        body: dict[str, object] = {"products": [_view(product) for product in page.items]}
        if page.cursor is not None:
            body["nextCursor"] = page.cursor
        return Response(200, body)

    return parts.customers_edge.for_customers("listProducts", act)


def _view(product: Product) -> dict[str, object]:
    return {
        "productId": product.product_id,
        "name": product.name,
        "productType": product.product_type,
        "unit": product.unit,
        "price": view_money(product.price),
        "available": product.available,
    }


handler = lambda_handler(build)
