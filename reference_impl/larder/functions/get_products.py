"""A page of the catalogue: GET /v1/products, and the field ``products``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.fields import FieldCall, by_door
from larder.functions.http import Response
from larder.functions.validation import Arguments, Parameters, read_arguments, read_query
from larder.functions.views import view_connection, view_product
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


class Page(Arguments):
    """What a page may be asked for with. The type is one of the schema's enum."""

    type: str | None = None
    after: str | None = None
    first: Annotated[int, Field(ge=1, le=100)] = 20


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
        body: dict[str, object] = {"products": [view_product(product) for product in page.items]}
        if page.cursor is not None:
            body["nextCursor"] = page.cursor
        return Response(200, body)

    def resolve(call: FieldCall) -> dict[str, object]:
        page = read_arguments(call.arguments, Page)
        try:
            found = list_products(
                catalogue, product_type=page.type, limit=page.first, cursor=page.after
            )
        except BadCursor as error:
            raise problems.bad_cursor("argument", "after") from error
        return view_connection([view_product(product) for product in found.items], found.cursor)

    return by_door(
        parts.customers_edge.for_customers("listProducts", act),
        parts.fields.for_customers("listProducts", resolve),
    )


handler = lambda_handler(build)
