"""POST /v1/orders/{orderId}/payment-links: another link after a failed payment."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.edge import CustomerCall, Handler
from larder.functions.get_orders import order_id_of
from larder.functions.headers import IdempotencyHeaders, order_location
from larder.functions.http import Response
from larder.functions.problems import Problem
from larder.functions.validation import read_headers
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

MARGIN = 1.0
"""Seconds that are left for the answer when the provider was asked until the last moment."""


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    orders, clock, provider = parts.orders, parts.clock, parts.provider_ports

    def act(call: CustomerCall) -> Response:
        order_id = order_id_of(call)
        headers = read_headers(call.request, IdempotencyHeaders)
        retry = parts.request_retry(call.seconds_left - MARGIN)
        ports = LinkPorts(orders, clock, provider, retry)
        outcome = request_link(order_id, call.customer.user_id, headers.idempotency_key, ports)
        parts.logger.info("link asked for", order_id=order_id, outcome=type(outcome).__name__)
        if isinstance(outcome, LinkRequested):
            return Response(
                202,
                {"orderId": order_id, "status": "PAYMENT_FAILED"},
                order_location(order_id, replayed=outcome.replayed),
            )
        raise _refusal(outcome)

    return parts.customers_edge.for_customers("requestPaymentLink", act)


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
