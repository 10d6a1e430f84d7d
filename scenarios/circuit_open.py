"""A provider that is down is left alone; a single probe finds it up again."""

from harness import Action, Budget, Capability, Fault, Point, Stage, scenario
from scenarios.baskets import Basket, baskets
from scenarios.laws import ATTENTION, BREAKER, LIFECYCLE, MODEL_BREAKER, NOTHING_LOST, PAID_FIRST
from scenarios.shop import Shop
from scenarios.waiting import LINKED, Probed, are, failed_calls

INITIALIZE = "paystack.transaction.initialize"

SLOWLY = Action(do="error", status=503, seconds=0.4)
"""Slow to fail, so that several execution environments are at it when the breaker opens."""

DOWN = tuple(
    Fault(at=Point(service=service, operation=operation), nth="every", do=SLOWLY)
    for service, operation in (
        ("paystack", "transaction.initialize"),
        ("paystack", "transaction.verify"),
        ("bedrock", "converse"),
    )
)


@scenario(
    work=baskets(count=(12, 16)),
    laws=[BREAKER, MODEL_BREAKER, LIFECYCLE, NOTHING_LOST, PAID_FIRST],
    needs={Capability.QUEUE_VISIBILITY, Capability.CONTROL},
    budget=Budget(cases=1, entities=12),
    search=baskets(count=(2, 2)),
)
def circuit_open(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Five failures open it for the whole fleet; lists still get answers; one probe closes it."""
    shop = Shop(stage)
    stage.inject(*DOWN)
    orders = stage.together(shop.submit(basket) for basket in work)
    threshold = int(stage.parameter("BreakerThreshold"))
    # A wait can come a little early: the breaker's clock starts before the failed call is seen.
    recovery = 0.8 * float(stage.parameter("BreakerRecovery"))
    stage.until(failed_calls(INITIALIZE, threshold), measure="outage to open")
    # Where a fault kept one of them waiting, the other's attempts may be used up by its probes.
    stage.until(are(orders, {"MATCHED", ATTENTION}))
    stage.until(Probed(INITIALIZE, failures=threshold, alone=recovery))

    stage.heal()
    # The probe that failed may have been an order's last attempt: people then send it on.
    resting = are(orders, LINKED | {ATTENTION})
    stage.until(resting, measure="healed to link")
    for order in orders:
        if order.id in resting.at(ATTENTION):
            shop.people_send_on(order)
    stage.until(are(orders, LINKED))
    stage.together(map(shop.pays, orders))
    stage.until(are(orders, {"FULFILLED"}))
