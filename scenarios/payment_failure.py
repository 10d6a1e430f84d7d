"""Whatever goes wrong with a payment, one charge is applied and nothing is fulfilled unpaid."""

from harness import Budget, Stage, plans, scenario
from scenarios.baskets import Basket, baskets
from scenarios.doubles.paystack import PAYSTACK
from scenarios.laws import LIFECYCLE, NOTHING_LOST, ONE_CHARGE_APPLIED, PAID_FIRST, RETRIES
from scenarios.shop import Shop
from scenarios.waiting import LINKED, OneChargeKept, are


@scenario(
    work=baskets(count=(8, 10)),
    faults=plans(PAYSTACK, least=1, most=3, latest=2),
    laws=[LIFECYCLE, NOTHING_LOST, ONE_CHARGE_APPLIED, PAID_FIRST, RETRIES],
    budget=Budget(cases=3, entities=24),
    search=baskets(count=(2, 2)),
)
def payment_failure(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Declines, outages, lost answers, late and repeated webhooks, two links paid."""
    shop = Shop(stage)
    orders = stage.together(map(shop.submit, work))
    stage.until(are(orders, LINKED))
    first_links = dict(zip(orders, stage.together(map(shop.link_of, orders)), strict=True))

    stage.together(map(shop.pays, orders[::2]))
    stage.together(map(shop.is_declined, orders[1::2]))
    stage.until(are(orders, {"FULFILLED", "PAYMENT_FAILED"}), measure="checkout to outcome")

    unpaid = [order for order in orders if not shop.charges(order)]
    stage.together(map(shop.gets_a_new_link, unpaid))
    stage.until(are(unpaid, LINKED))
    stage.together(map(shop.pays, unpaid))
    stage.until(are(orders, {"FULFILLED"}), measure="paid again to fulfilled")

    # The old link still works: whoever pays there, too, must get that money back.
    stage.together(shop.pays_at(first_links[order]) for order in unpaid)
    stage.together(map(shop.hears_again_from_paystack, orders))
    stage.until(OneChargeKept(orders))
