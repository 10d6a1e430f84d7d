"""A list becomes an order: POST /v1/grocery-lists, and the field ``submitGroceryList``."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.fields import FieldCall, by_door
from larder.functions.guard import Occasion
from larder.functions.headers import IdempotencyHeaders, Key, order_location
from larder.functions.http import Response
from larder.functions.validation import (
    Arguments,
    Body,
    read_arguments,
    read_body,
    read_headers,
)
from larder.services.submit_list import Accepted, KeyReused, Submission, submit_list
from larder.services.tokens import Identity

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


Email = Annotated[str, StringConstraints(min_length=6, max_length=254, pattern=_EMAIL)]
List = Annotated[str, StringConstraints(min_length=1, max_length=1200, pattern=_LIST)]


class GroceryListSubmission(Body):
    """What a customer sends."""

    customerEmail: Email
    groceryList: List


class SubmissionArguments(Arguments):
    """What a customer sends, with what makes a repeat of it known."""

    customerEmail: Email
    groceryList: List
    idempotencyKey: Key


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    orders, clock = parts.orders, parts.clock

    def submit(
        occasion: Occasion, customer: Identity, key: str, email: str, grocery_list: str
    ) -> Accepted:
        submission = Submission(
            user_id=customer.user_id,
            idempotency_key=key,
            customer_email=email,
            grocery_list=grocery_list,
            correlation_id=occasion.correlation_id,
        )
        outcome = submit_list(submission, orders, clock)
        if isinstance(outcome, KeyReused):
            raise problems.idempotency_key_reused()
        parts.logger.info("list accepted", order_id=outcome.order_id, replayed=outcome.replayed)
        return outcome

    def act(call: CustomerCall) -> Response:
        key = read_headers(call.request, IdempotencyHeaders).idempotency_key
        body = read_body(call.request, GroceryListSubmission, MOST_BYTES)
        accepted = submit(call.occasion, call.customer, key, body.customerEmail, body.groceryList)
        return Response(
            202, _view(accepted), order_location(accepted.order_id, replayed=accepted.replayed)
        )

    def resolve(call: FieldCall) -> dict[str, object]:
        sent = read_arguments(call.arguments, SubmissionArguments)
        accepted = submit(
            call.occasion, call.customer, sent.idempotencyKey, sent.customerEmail, sent.groceryList
        )
        return {**_view(accepted), "replayed": accepted.replayed}

    return by_door(
        parts.customers_edge.for_customers("submitGroceryList", act),
        parts.fields.for_customers("submitGroceryList", resolve),
    )


def _view(accepted: Accepted) -> dict[str, object]:
    return {"orderId": accepted.order_id, "status": "PENDING_MATCHING"}


handler = lambda_handler(build)
