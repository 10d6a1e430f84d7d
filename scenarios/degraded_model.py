"""Whatever the model says, or doesn't, customers get what they asked for and nothing else."""

import time
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from harness import Action, Budget, Fault, Past, Point, Stage, scenario
from scenarios.baskets import Basket, baskets
from scenarios.doors import Said
from scenarios.doubles.bedrock import BEDROCK
from scenarios.doubles.model import INJECTIONS
from scenarios.laws import LIFECYCLE, LINK_IN_TIME, MODEL_LEFT_ALONE, NOTHING_LOST, TOTALS
from scenarios.shop import Order, Shop
from scenarios.waiting import LINKED, are

CONVERSE = Point(service="bedrock", operation="converse")
DOWN = Action(do="error", status=503)


@dataclass(frozen=True)
class Misled:
    """What goes wrong with every call of the model, and what orders to it hide in lists."""

    baskets: tuple[Basket, ...]
    hidden: tuple[str, ...]
    trouble: Action


@scenario(
    work=st.builds(
        Misled,
        baskets=baskets(count=(5, 6)),
        hidden=st.lists(st.sampled_from(INJECTIONS), min_size=2, max_size=4).map(tuple),
        trouble=st.sampled_from([option.action for option in BEDROCK.options]),
    ),
    laws=[MODEL_LEFT_ALONE, TOTALS, LINK_IN_TIME, LIFECYCLE, NOTHING_LOST],
    budget=Budget(cases=1, entities=12),
)
def degraded_model(stage: Stage, work: Misled) -> None:
    """A model that obeys what lists tell it, one that fails in some way, one that is down."""
    shop = Shop(stage)
    lists = zip(work.baskets, work.hidden, strict=False)
    orders = stage.together(
        shop.submit(replace(basket, text=f"{basket.text}\n{command}")) for basket, command in lists
    )
    stage.until(are(orders, LINKED))
    # Nobody who misleads the model pays less; and its answers are long known when it first fails.
    stage.together(map(shop.pays, orders))
    stage.until(are(orders, {"FULFILLED"}))
    recovery, rested = float(stage.parameter("BreakerRecovery")), 0.0
    for trouble in (work.trouble, DOWN):
        # A breaker that the trouble before it opened would keep it from ever being met.
        stage.until(Past(rested))
        stage.inject(Fault(at=CONVERSE, nth="every", do=trouble))
        orders += stage.together(map(shop.submit, work.baskets))
        stage.until(are(orders, LINKED), measure="without a model to linked")
        stage.heal()
        rested = time.time() + recovery

    for order, seen in zip(orders, stage.together(map(shop.reads, orders)), strict=True):
        assert seen.body["degraded"], f"{order.basket} came without a model, and doesn't say so"
        assert_just_what_was_wanted(order, seen)


def assert_just_what_was_wanted(order: Order, seen: Said) -> None:
    """Each thing in its quantity, or told to be unmatched; and no other."""
    wanted = {each.product.id: each.quantity for each in order.basket.wanted}
    got = {line["productId"]: line["quantity"] for line in seen.body["lines"]}
    assert got.items() <= wanted.items(), f"{order.basket} became {got}"
    missing = len(wanted) - len(got)
    assert len(seen.body["unmatched"]) >= missing, f"{order.basket}: something was dropped"
