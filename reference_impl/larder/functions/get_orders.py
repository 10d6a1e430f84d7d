"""The customer's own orders: GET /v1/orders, GET /v1/orders/{orderId}, and the fields ``orders``
and ``order``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from larder.bootstrap import Parts, lambda_handler
from larder.domain.order import Order
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.fields import FieldCall, by_door, by_field
from larder.functions.guard import CustomersGuard, Occasion
from larder.functions.http import Response
from larder.functions.validation import Arguments, Parameters, read_arguments, read_query
from larder.functions.views import view_connection, view_order, view_summary
from larder.services.errors import BadCursor
from larder.services.ports import Orders
from larder.services.read_orders import NotYours, list_orders, read_order
from larder.services.tokens import Identity

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Query(Parameters):
    """What a page may be asked for with."""

    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Page(Arguments):
    """What a page may be asked for with."""

    after: str | None = None
    first: Annotated[int, Field(ge=1, le=50)] = 20


def check_order_id(order_id: str) -> str:
    """The id. Raises Problem: a malformed one is no order's."""
    if not _ORDER_ID.fullmatch(order_id):
        raise problems.order_not_found()
    return order_id


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    reading = _Reading(parts.orders, parts.customers_guard)
    rest, fields = parts.customers_edge, parts.fields
    read = rest.for_customers("getOrder", reading.get)
    list_ = rest.for_customers("listOrders", reading.list)
    resolve = by_field(
        {
            "order": fields.for_customers("getOrder", reading.order),
            "orders": fields.for_customers("listOrders", reading.orders),
        }
    )

    def serve(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return (read if event.get("pathParameters") else list_)(event, context)

    return by_door(serve, resolve)


class _Reading:
    """Each answer, by either door."""

    def __init__(self, orders: Orders, guard: CustomersGuard) -> None:
        self._orders = orders
        self._guard = guard

    def get(self, call: CustomerCall) -> Response:
        order_id = call.request.path.get("orderId", "")
        return Response(200, view_order(self._own(order_id, call.occasion, call.customer)))

    def order(self, call: FieldCall) -> dict[str, object]:
        order_id = str(call.arguments["orderId"])
        return view_order(self._own(order_id, call.occasion, call.customer))

    def list(self, call: CustomerCall) -> Response:
        query = read_query(call.request, Query)
        try:
            page = list_orders(
                call.customer.user_id, self._orders, limit=query.limit, cursor=query.cursor
            )
        except BadCursor as error:
            raise problems.bad_cursor() from error
        body: dict[str, object] = {"orders": [view_summary(order) for order in page.items]}
        if page.cursor is not None:
            body["nextCursor"] = page.cursor
        return Response(200, body)

    def orders(self, call: FieldCall) -> dict[str, object]:
        page = read_arguments(call.arguments, Page)
        try:
            found = list_orders(
                call.customer.user_id, self._orders, limit=page.first, cursor=page.after
            )
        except BadCursor as error:
            raise problems.bad_cursor("argument", "after") from error
        return view_connection([view_summary(order) for order in found.items], found.cursor)

    def _own(self, order_id: str, occasion: Occasion, customer: Identity) -> Order:
        try:
            order = read_order(check_order_id(order_id), customer.user_id, self._orders)
        except NotYours:
            self._guard.note_trespass(occasion, customer, order_id)
            order = None
        if order is None:
            raise problems.order_not_found()
        return order


handler = lambda_handler(build)
