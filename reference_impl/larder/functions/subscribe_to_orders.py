"""The field ``onOrderUpdated``, when somebody subscribes: to one's own orders alone.

AppSync sends what a subscription asks for by its arguments; whether this customer may ask for them
is answered here, and nothing is subscribed to when the answer is an error.
"""

from __future__ import annotations

from larder.bootstrap import Parts, lambda_handler
from larder.functions import problems
from larder.functions.fields import FieldCall, Handler

FIELD = "onOrderUpdated"


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    guard = parts.customers_guard

    def resolve(call: FieldCall) -> None:
        if call.arguments["customerId"] != call.customer.user_id:
            guard.note_trespass(call.occasion, call.customer, FIELD)
            raise problems.unauthorized()

    return parts.fields.for_customers(FIELD, resolve)


handler = lambda_handler(build)
