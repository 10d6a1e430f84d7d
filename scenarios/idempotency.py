"""The same request, at once, later or after a lost answer, is done once."""

from dataclasses import replace

from harness import AWS, Budget, Stage, plans, scenario
from scenarios.baskets import Basket, baskets
from scenarios.laws import (
    IDEMPOTENT,
    IDEMPOTENT_LINK,
    IDEMPOTENT_LINK_MUTATION,
    IDEMPOTENT_MUTATION,
    LIFECYCLE,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    REFUSED_DOES_NOTHING,
    TRACED,
    WINDOWS,
)
from scenarios.shop import Order, Shop
from scenarios.waiting import LINKED, are, offered

LOST = ("lost once", "lost call", "error after the effect", "duplicate")
"""Ways in which a write is done, and whoever asked for it isn't told."""


SUBMITTING = AWS("dynamodb", "PutItem", function="SubmitGroceryListFunction", ways=LOST)
# A customer's requests, which are no order's.
COUNTING = AWS("dynamodb", "UpdateItem", function="SubmitGroceryListFunction", ways=LOST).counted(
    per_key=False
)
ASKING = AWS("dynamodb", "UpdateItem", function="RequestPaymentLinkFunction", ways=LOST)


@scenario(
    work=baskets(count=(6, 7)),
    faults=plans(SUBMITTING, COUNTING, ASKING, least=1, most=3),
    laws=[
        IDEMPOTENT,
        IDEMPOTENT_MUTATION,
        IDEMPOTENT_LINK,
        IDEMPOTENT_LINK_MUTATION,
        TRACED,
        WINDOWS,
        REFUSED_DOES_NOTHING,
        LIFECYCLE,
        NOTHING_LOST,
        ONE_CHARGE_APPLIED,
    ],
    budget=Budget(cases=1, entities=5),
)
def idempotency(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Lists and wishes for a link sent three times at once and again later; a key used twice."""
    shop = Shop(stage)

    def sent_at_once(wish: Order) -> Order:
        """Three times."""
        said = stage.together(shop.submits_again(wish) for _ in range(3))
        (order,) = {each.body["orderId"] for each in said}
        return replace(wish, id=order)

    orders = [sent_at_once(shop.intends(basket)) for basket in work]
    changed = [replace(o, basket=replace(o.basket, text=f"{o.basket.text}, salt")) for o in orders]
    said = stage.together(map(shop.submits_again, changed))
    assert {each.refusal for each in said} == {"IDEMPOTENCY_KEY_REUSED"}, "two lists under one key"
    (theirs,) = stage.together([shop.submits_again(replace(orders[0], customer=shop.customer(9)))])
    assert theirs.body["orderId"] != orders[0].id, "a key stands for another customer's order"

    stage.until(are(orders, LINKED))
    stage.together(map(shop.is_declined, orders))
    asked = stage.together(shop.wishes_for_a_link(o) for o in orders for _ in range(3))
    assert all(each.ok for each in asked), "one wish, sent three times, was refused"
    stage.until(offered(orders, link=2))

    stage.together(map(shop.pays, orders))
    stage.until(are(orders, {"FULFILLED"}))
    late = [*map(shop.submits_again, orders), *map(shop.wishes_for_a_link, orders)]
    assert all(each.replayed for each in stage.together(late)), "a repeat was taken for new"
    assert {shop.links(order) for order in orders} == {2}, "more links than were wished for"
