"""What can't be done is never lost: dead-lettered, redriven, and in the end handed to people."""

from harness import Action, Budget, Capability, Fault, Point, Stage, scenario
from scenarios.baskets import Basket, baskets
from scenarios.laws import DEAD_LETTERS, LIFECYCLE, NOTHING_LOST, PAID_FIRST, RETRIES
from scenarios.poison import POISON
from scenarios.shop import Shop
from scenarios.waiting import LINKED, alerts, are

REFUSED = Fault(
    at=Point(service="paystack", operation="transaction.initialize"),
    nth="every",
    do=Action(do="error", status=400, code="invalid_params"),
)
"""A refusal that no retry mends, and that no breaker counts."""


@scenario(
    work=baskets(count=(5, 6)),
    laws=[DEAD_LETTERS, LIFECYCLE, NOTHING_LOST, PAID_FIRST, RETRIES],
    needs={Capability.REDRIVE, Capability.QUEUE_DELAY, Capability.CONTROL},
    budget=Budget(cases=1, entities=8),
    search=baskets(count=(1, 1)),
)
def dead_letters(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Poison and failures that outlast the retries are redriven, then handed to people, who send
    the orders on once the cause is gone."""
    shop = Shop(stage)
    stage.inject(REFUSED)
    for queue, body in POISON:
        stage.send(queue, body)
    orders = stage.together(shop.submit(basket) for basket in work)
    stage.until(are(orders, {"NEEDS_ATTENTION"}), measure="handed to people")
    stage.until(alerts("max retries exceeded", len(orders) + len(POISON)))

    stage.heal()
    for order in orders:
        shop.people_send_on(order)
    fresh = stage.together(shop.submit(basket) for basket in work)
    stage.until(are([*orders, *fresh], LINKED), measure="sent on to linked")
    stage.together(map(shop.pays, [*orders, *fresh]))
    stage.until(are([*orders, *fresh], {"FULFILLED"}))
