"""Customers see what happens to their orders as it happens, and nothing of anybody else's."""

from contextlib import ExitStack

from harness import Budget, Stage, plans, scenario
from scenarios.baskets import Basket, baskets
from scenarios.laws import HEARD, LIFECYCLE, NOTHING_LOST, TOLD
from scenarios.listeners import ANNOUNCING, BUS, OUTAGE, follows
from scenarios.shop import Shop
from scenarios.waiting import LINKED, are, shown

CUSTOMERS = 3


@scenario(
    work=baskets(count=(6, 8), customers=CUSTOMERS),
    faults=plans(ANNOUNCING, BUS, least=1, most=2, latest=3),
    laws=[HEARD, TOLD, LIFECYCLE, NOTHING_LOST],
    budget=Budget(cases=2, entities=12),
)
def real_time(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Every step of one's own orders within 5 s and in order, also when a connection breaks."""
    shop = Shop(stage)
    with ExitStack() as ears:
        _, dropped, away = (
            ears.enter_context(follows(stage, shop.customer(n))) for n in range(CUSTOMERS)
        )
        stage.inject(*OUTAGE)
        orders = stage.together(map(shop.submit, work))
        dropped.drop()
        stage.until(are(orders, LINKED))
        with away.away():
            stage.together(map(shop.pays, orders))
            stage.until(are(orders, {"FULFILLED"}))
        stage.until(shown(orders, {"FULFILLED"}), measure="fulfilled to shown to all")
