"""Orders and products to begin a test with."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from larder.domain.catalogue import Product
from larder.domain.lifecycle import Status
from larder.domain.money import Money
from larder.domain.order import Item, Line, Order, Step
from larder.domain.payments import reference_for

from tests.reference_impl.fakes import START

SEED = Path(__file__).parents[2] / "reference_impl" / "seed"
ORDER_ID = "5f0c7c0e-6f0e-5b83-9a52-0d1c4a4a9f11"
FIRST = reference_for(ORDER_ID, 1)
SECOND = reference_for(ORDER_ID, 2)
TOTAL = Money(540000, "NGN")

TOMATOES = Product(
    "vegetables-001", "Fresh tomatoes", "vegetables", Money(180000, "NGN"), "kg", ("tomatoes",)
)
PALM_OIL = Product("pantry-001", "Palm oil", "pantry", Money(210000, "NGN"), "bottle")
GROUNDNUT_OIL = Product("pantry-002", "Groundnut oil", "pantry", Money(320000, "NGN"), "bottle")
SHOP = (TOMATOES, PALM_OIL, GROUNDNUT_OIL)

LINE = Line("vegetables-001", "Fresh tomatoes", Decimal(3), Money(180000, "NGN"), TOTAL)

_AT: dict[Status, dict[str, Any]] = {
    Status.PENDING_MATCHING: {"step": Step.PARSE},
    Status.MATCHED: {"step": Step.PAY, "lines": (LINE,), "total": TOTAL},
    Status.UNMATCHED: {"step": None},
    Status.PAYMENT_INITIATED: {
        "step": Step.SETTLE,
        "lines": (LINE,),
        "total": TOTAL,
        "payment_attempt": 1,
        "payment_reference": FIRST,
        "payment_link": "https://pay.example/1",
    },
}
_AT |= {
    Status.PAYMENT_FAILED: {**_AT[Status.PAYMENT_INITIATED], "step": None},
    Status.PAID: {
        **_AT[Status.PAYMENT_INITIATED],
        "step": Step.FULFIL,
        "charge_id": "1",
        "charged_reference": FIRST,
    },
}
_AT |= {
    Status.FULFILLED: {**_AT[Status.PAID], "step": None},
    Status.NEEDS_ATTENTION: {
        **_AT[Status.PAYMENT_INITIATED],
        "step": None,
        "attention_from": Status.PAYMENT_INITIATED,
    },
}


def an_order(status: Status = Status.PENDING_MATCHING, **changes: Any) -> Order:
    """An order of three kilos of tomatoes that has come as far as `status`."""
    order = Order(
        order_id=ORDER_ID,
        user_id="customer-001",
        customer_email="adaeze@example.com",
        grocery_list="3 kg tomatoes",
        request_digest="digest",
        created_at=START,
        updated_at=START,
        correlation_id="correlation-1",
        status=status,
        version=5,
        items=(Item("tomatoes", Decimal(3), "kg"),) if status != "PENDING_MATCHING" else None,
    )
    return replace(order, **{**_AT[status], **changes})


@cache
def seed_products() -> tuple[Product, ...]:
    """The sample catalogue."""
    with (SEED / "products.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Product(
                row["productId"],
                row["name"],
                row["productType"],
                Money(int(row["price"]), row["currency"]),
                row["unit"],
                tuple(row["aliases"].split("|")),
                row["available"] == "true",
            )
            for row in csv.DictReader(file)
        )


@cache
def seed_lists() -> tuple[dict[str, str], ...]:
    """The sample lists, each with the truth of what it asks for."""
    with (SEED / "lists.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
