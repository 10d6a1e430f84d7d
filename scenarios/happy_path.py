"""Any sensible list reaches a payment link, and is fulfilled once it is paid."""

from harness import Budget, Stage, scenario
from scenarios.baskets import Basket, baskets
from scenarios.laws import (
    FULFILLED_IN_TIME,
    IDEMPOTENT,
    IDEMPOTENT_MUTATION,
    LIFECYCLE,
    LINK_IN_TIME,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    PAID_FIRST,
    TOTALS,
)
from scenarios.shop import Shop
from scenarios.waiting import LINKED, are


@scenario(
    work=baskets(count=(18, 22)),
    laws=[
        LIFECYCLE,
        NOTHING_LOST,
        ONE_CHARGE_APPLIED,
        PAID_FIRST,
        TOTALS,
        IDEMPOTENT,
        IDEMPOTENT_MUTATION,
        LINK_IN_TIME,
        FULFILLED_IN_TIME,
    ],
    budget=Budget(cases=4, entities=70),
    search=baskets(count=(1, 1)),
)
def happy_path(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Any sensible list reaches a payment link, and is fulfilled once it is paid."""
    shop = Shop(stage)
    orders = stage.together(shop.submit(basket) for basket in work)
    stage.until(are(orders, LINKED), measure="until all have links")
    for order, seen in zip(orders, stage.together(map(shop.reads, orders)), strict=True):
        assert seen.ok, f"one's own order was answered {seen.refusal}"
        assert seen.body["total"]["amount"] == order.basket.total, (
            f"{order.basket.text!r} costs {order.basket.total} by the catalogue, "
            f"but the order says {seen.body['total']}"
        )

    stage.together(shop.pays(order) for order in orders)
    stage.until(are(orders, {"FULFILLED"}), measure="until all are fulfilled")

    for again in stage.together(map(shop.submits_again, orders)):
        assert again.replayed, "a repeat was taken for new"
    stage.together(map(shop.reads, orders))
