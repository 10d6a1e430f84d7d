"""Another link after a failed payment: POST /v1/orders/{orderId}/payment-links, and the field
``requestPaymentLink``."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.fields import FieldCall, by_door
from larder.functions.get_orders import check_order_id
from larder.functions.guard import Occasion
from larder.functions.headers import IdempotencyHeaders, Key, order_location
from larder.functions.http import Response
from larder.functions.problems import Problem
from larder.functions.validation import Arguments, read_arguments, read_headers
from larder.functions.views import view_payment
from larder.services.request_link import (
    AlreadyPaid,
    LinkOpen,
    LinkOutcome,
    LinkPending,
    LinkPorts,
    LinkRequested,
    NotFound,
    ProviderDown,
    request_link,
)
from larder.services.tokens import Identity

MARGIN = 1.0
"""Seconds that are left for the answer when the provider was asked until the last moment."""


class LinkArguments(Arguments):
    """What makes a repeat of the request known."""

    idempotencyKey: Key


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    orders, clock, provider = parts.orders, parts.clock, parts.provider_ports
    guard = parts.customers_guard

    def ask(occasion: Occasion, customer: Identity, order_id: str, key: str) -> LinkRequested:
        retry = parts.request_retry(occasion.seconds_left - MARGIN)
        ports = LinkPorts(orders, clock, provider, retry)
        outcome = request_link(order_id, customer.user_id, key, ports)
        parts.logger.info("link asked for", order_id=order_id, outcome=type(outcome).__name__)
        if isinstance(outcome, LinkRequested):
            return outcome
        if isinstance(outcome, NotFound) and outcome.is_anothers:
            guard.note_trespass(occasion, customer, order_id)
        raise _refusal(outcome)

    def act(call: CustomerCall) -> Response:
        order_id = check_order_id(call.request.path.get("orderId", ""))
        key = read_headers(call.request, IdempotencyHeaders).idempotency_key
        asked = ask(call.occasion, call.customer, order_id, key)
        return Response(202, _view(order_id), order_location(order_id, replayed=asked.replayed))

    def resolve(call: FieldCall) -> dict[str, object]:
        order_id = check_order_id(str(call.arguments["orderId"]))
        key = read_arguments(call.arguments, LinkArguments).idempotencyKey
        asked = ask(call.occasion, call.customer, order_id, key)
        return {**_view(order_id), "replayed": asked.replayed}

    return by_door(
        parts.customers_edge.for_customers("requestPaymentLink", act),
        parts.fields.for_customers("requestPaymentLink", resolve),
    )


def _view(order_id: str) -> dict[str, object]:
    return {"orderId": order_id, "status": "PAYMENT_FAILED"}


def _refusal(outcome: LinkOutcome) -> Problem:
    if isinstance(outcome, NotFound):
        return problems.order_not_found()
    if isinstance(outcome, AlreadyPaid):
        return problems.already_paid()
    if isinstance(outcome, LinkOpen):
        return problems.payment_link_open(view_payment(outcome.order))
    if isinstance(outcome, LinkPending):
        return problems.payment_link_pending()
    if isinstance(outcome, ProviderDown):
        return problems.provider_unavailable(outcome.retry_after)
    return problems.order_not_payable()


handler = lambda_handler(build)
