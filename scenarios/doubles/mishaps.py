"""What can go wrong at Paystack and on the way to it and back, the mildest first."""

from harness.faults import Menu, Option
from harness.model import Action

_SLOW = 6.0
"""Seconds: longer than any caller of a payment provider should wait."""

PAYSTACK = Menu(
    "paystack",
    (
        Option(
            "transaction.initialize",
            "before",
            Action(do="error", status=503),
            "Paystack is overloaded",
        ),
        Option(
            "transaction.initialize",
            "before",
            Action(do="error", status=429),
            "too many of our calls",
        ),
        Option("transaction.initialize", "before", Action(do="reset"), "the connection broke"),
        Option(
            "transaction.initialize", "after", Action(do="lose"), "made, but its answer was lost"
        ),
        Option(
            "transaction.initialize",
            "after",
            Action(do="error", status=500),
            "made, then Paystack fell",
        ),
        Option("transaction.initialize", "after", Action(do="malformed"), "a proxy cut the answer"),
        Option(
            "transaction.initialize", "before", Action(do="hold", seconds=_SLOW), "no answer at all"
        ),
        Option(
            "transaction.verify", "before", Action(do="error", status=503), "Paystack is overloaded"
        ),
        Option("transaction.verify", "before", Action(do="reset"), "the connection broke"),
        Option("transaction.verify", "after", Action(do="malformed"), "a proxy cut the answer"),
        Option(
            "transaction.verify", "before", Action(do="hold", seconds=_SLOW), "no answer at all"
        ),
        Option("refund.create", "before", Action(do="error", status=503), "overloaded"),
        Option("refund.create", "after", Action(do="lose"), "refunded, but its answer was lost"),
        Option(
            "checkout", "before", Action(do="decline"), "the customer's bank says no", course=True
        ),
        Option("webhook", "before", Action(do="repeat"), "delivered twice"),
        Option("webhook", "before", Action(do="latency", seconds=1), "delivered late"),
        Option("webhook", "before", Action(do="reorder"), "delivered after a later one"),
        Option("webhook", "before", Action(do="drop"), "never delivered"),
    ),
)
