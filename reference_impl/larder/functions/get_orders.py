"""GET /v1/orders and GET /v1/orders/{orderId}: the customer's own orders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.http import Response
from larder.functions.validation import Parameters, read_query
from larder.functions.views import view_order, view_summary
from larder.services.errors import BadCursor
from larder.services.read_orders import list_orders, read_order

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Query(Parameters):
    """What a page may be asked for with."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


def order_id_of(call: CustomerCall) -> str:
    """The order that the path names. Raises Problem: a malformed id is no order's."""
    order_id = call.request.path.get("orderId", "")
    if not _ORDER_ID.fullmatch(order_id):
        raise problems.order_not_found()
    return order_id


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    orders = parts.orders

    def read(call: CustomerCall) -> Response:
        order = read_order(order_id_of(call), call.customer.user_id, orders)
        if order is None:
            raise problems.order_not_found()
        return Response(200, view_order(order))

    def list_(call: CustomerCall) -> Response:
        query = read_query(call.request, Query)
        try:
            page = list_orders(
                call.customer.user_id, orders, limit=query.limit, cursor=query.cursor
            )
        except BadCursor as error:
            raise problems.bad_cursor() from error
        body: dict[str, object] = {"orders": [view_summary(order) for order in page.items]}
        if page.cursor is not None:
            body["nextCursor"] = page.cursor
        return Response(200, body)

    reading = parts.customers_edge.for_customers("getOrder", read)
    listing = parts.customers_edge.for_customers("listOrders", list_)

    def serve(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return (reading if event.get("pathParameters") else listing)(event, context)

    return serve


handler = lambda_handler(build)
