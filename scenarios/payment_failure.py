"""Whatever goes wrong with a payment, one charge is applied and nothing is fulfilled unpaid."""

from harness import Budget, Stage, plans, scenario
from scenarios.baskets import Basket, baskets
from scenarios.doubles.paystack import PAYSTACK
from scenarios.laws import LIFECYCLE, NOTHING_LOST, ONE_CHARGE_APPLIED, PAID_FIRST, RETRIES
from scenarios.shop import LINKED, Shop, are


@scenario(
    work=baskets(count=(6, 9)),
    faults=plans(PAYSTACK, most=3),
    laws=[LIFECYCLE, NOTHING_LOST, ONE_CHARGE_APPLIED, PAID_FIRST, RETRIES],
    budget=Budget(cases=5, entities=30),
)
def payment_failure(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Declines, outages, lost answers, late and repeated webhooks, two links paid."""
    shop = Shop(stage)
    orders = stage.together(shop.submit(basket) for basket in work)
    stage.until(are(orders, LINKED))
    first_links = stage.together(map(shop.link_of, orders))

    stage.together(map(shop.is_declined, orders))
    stage.heal()
    stage.until(are(orders, {"PAYMENT_FAILED"}), measure="decline seen")

    stage.together(map(shop.asks_for_a_link, orders))
    stage.until(are(orders, LINKED))
    stage.together(map(shop.pays, orders))
    stage.until(are(orders, {"FULFILLED"}))

    paystack = stage.double("paystack")
    stage.together(paystack.pay(reference) for reference in first_links)
    stage.together(paystack.repeat_webhooks(order.id) for order in orders)
    stage.until(shop.refunded(orders), measure="second charge refunded")
