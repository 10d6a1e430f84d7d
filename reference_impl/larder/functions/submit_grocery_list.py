"""POST /v1/grocery-lists: a list becomes an order."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.headers import IdempotencyHeaders, order_location
from larder.functions.http import Response
from larder.functions.validation import Body, read_body, read_headers
from larder.services.submit_list import KeyReused, Submission, submit_list

MOST_BYTES = 8192

_PARTS = ((1, 31), (2, 20), (3, 15))
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LOCAL = "|".join(  # up to four parts; 64 characters at the most, as the standard has it
    [_ATOM + "{1,64}"]
    + [rf"{_ATOM}{{1,{most}}}(\.{_ATOM}{{1,{most}}}){{{more}}}" for more, most in _PARTS]
)
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP_LABEL = r"[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
_EMAIL = rf"^({_LOCAL})@({_LABEL}\.)+{_TOP_LABEL}$"

_READABLE = r"\u00A1-\u00AC\u00AE-\u036F\u1E00-\u1EFF\u2010-\u2027\u2044\u20A6\u2150-\u215F"
_LIST = rf"^[\x21-\x7E{_READABLE}][\t\n\x20-\x7E{_READABLE}]{{0,1199}}$"


class GroceryListSubmission(Body):
    """What a customer sends."""

    customerEmail: Annotated[str, StringConstraints(min_length=6, max_length=254, pattern=_EMAIL)]
    groceryList: Annotated[str, StringConstraints(min_length=1, max_length=1200, pattern=_LIST)]


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    orders, clock = parts.orders, parts.clock

    def act(call: CustomerCall) -> Response:
        headers = read_headers(call.request, IdempotencyHeaders)
        body = read_body(call.request, GroceryListSubmission, MOST_BYTES)
        submission = Submission(
            user_id=call.customer.user_id,
            idempotency_key=headers.idempotency_key,
            customer_email=body.customerEmail,
            grocery_list=body.groceryList,
            correlation_id=call.correlation_id,
        )
        outcome = submit_list(submission, orders, clock)
        if isinstance(outcome, KeyReused):
            raise problems.idempotency_key_reused()
        parts.logger.info("list accepted", order_id=outcome.order_id, replayed=outcome.replayed)
        return Response(
            202,
            {"orderId": outcome.order_id, "status": "PENDING_MATCHING"},
            order_location(outcome.order_id, replayed=outcome.replayed),
        )

    return parts.customers_edge.for_customers("submitGroceryList", act)


handler = lambda_handler(build)
