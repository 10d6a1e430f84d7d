"""POST /v1/webhooks/paystack: the provider's signed events."""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.domain.webhooks import MAX_BYTES
from larder.functions import problems
from larder.functions.edge import Call, Handler
from larder.functions.http import Response
from larder.services.receive_webhook import (
    Forged,
    Ignored,
    Malformed,
    Taken,
    TooLarge,
    receive_webhook,
)

SIGNATURE = "x-paystack-signature"


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    ports = parts.webhook_ports

    def act(call: Call) -> Response:
        outcome = receive_webhook(call.request.body, call.request.headers.get(SIGNATURE), ports)
        parts.logger.info(
            "event heard",
            outcome=type(outcome).__name__,
            order_id=outcome.order_id if isinstance(outcome, Taken) else None,
            why=outcome.why if isinstance(outcome, Ignored) else None,
        )
        if isinstance(outcome, TooLarge):
            raise problems.payload_too_large(MAX_BYTES)
        if isinstance(outcome, Forged):
            raise problems.invalid_signature()
        if isinstance(outcome, Malformed):
            raise problems.malformed_event()
        return Response(200, {"received": True})

    return parts.open_edge.for_provider("receivePaystackEvent", act)


handler = lambda_handler(build)
