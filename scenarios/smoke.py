"""Does the shop work at all? For any stage, somebody's live one first: only as its own customer."""

from harness import Budget, Stage, scenario
from harness.model import Capability
from scenarios.baskets import Basket, baskets
from scenarios.doors import By, door
from scenarios.laws import LIFECYCLE, MATCHED_IN_TIME
from scenarios.listeners import follows
from scenarios.shop import Order, fresh_id
from scenarios.waiting import LINKED, LinkShown, shown


@scenario(
    work=baskets(count=(1, 1)),
    laws=[LIFECYCLE, MATCHED_IN_TIME],
    anywhere=True,
    budget=Budget(cases=1, entities=1),
)
def smoke(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Health, the shelves, a list sent and read back, its payment link and the news of it."""
    (basket,) = work
    who = next(i for i in stage.identities.values() if i.token)
    shop = door(stage, By.REST)
    health = stage.do(stage.rest.call("getHealth", None))
    assert health.ok, f"health was answered {health.status}"
    assert stage.do(shop.browse(who)).ok, "the shelves can't be looked at"

    if stage.deployed.can(Capability.CONTROL):
        wanted = [{"name": w.product.words, "quantity": w.quantity} for w in basket.wanted]
        stage.double("bedrock").knows(basket.text, wanted)
    key = fresh_id(stage, "smoke")
    with follows(stage, who) as news:
        assert news.refused is None, f"following one's orders was refused: {news.refused}"
        sent = stage.do(shop.submit(who, key, basket.text))
        assert sent.ok, f"a sensible list was answered {sent.refusal}"
        again = stage.do(shop.submit(who, key, basket.text))
        assert again.body == sent.body, "the same request again made another order"
        order = Order(sent.body["orderId"], basket, who, key)
        stage.until(LinkShown(stage, shop, order), measure="submit to link")
        stage.until(shown([order], LINKED), measure="link to notification")
