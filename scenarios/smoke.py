"""Does the shop work at all? For any stage, somebody's live one first: only as its own customer."""

import time
from uuid import UUID

from harness import Budget, Stage, scenario
from harness.engine.seeds import unit_seed
from harness.model import Capability, Identity, Record
from scenarios.baskets import Basket, baskets
from scenarios.doors import By, Door, door
from scenarios.laws import LIFECYCLE
from scenarios.waiting import LINKED

_PAUSE = 0.5
"""Seconds between two looks at one's order: a customer's limit is a few a second."""


class LinkShown:
    """The customer's own order shows a payment link."""

    def __init__(self, stage: Stage, shop: Door, who: Identity, order: str) -> None:
        self._stage, self._shop, self._who, self._order = stage, shop, who, order
        self._next = 0.0
        self._said = "not looked at"

    def see(self, record: Record) -> None:
        """Nothing: it asks."""

    def met(self) -> bool:
        """Ask, now and then."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _PAUSE
        said = self._stage.do(self._shop.read(self._who, self._order))
        self._said = said.refusal or said.body["status"]
        return said.ok and said.body["status"] in LINKED and bool(said.body.get("payment"))

    def missing(self) -> str:
        """What it is instead."""
        return f"the order {self._order} shows no payment link: {self._said}"


@scenario(
    work=baskets(count=(1, 1)),
    laws=[LIFECYCLE],
    anywhere=True,
    budget=Budget(cases=1, entities=1),
)
def smoke(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Health, a look at the shelves, a list sent, read back, and its payment link shown."""
    (basket,) = work
    who = next(i for i in stage.identities.values() if i.token)
    shop = door(stage, By.REST)
    health = stage.do(stage.rest.call("getHealth", None))
    assert health.ok, f"health was answered {health.status}"
    assert stage.do(shop.browse(who)).ok, "the shelves can't be looked at"

    if stage.deployed.can(Capability.CONTROL):
        wanted = [{"name": w.product.words, "quantity": w.quantity} for w in basket.wanted]
        stage.double("bedrock").knows(basket.text, wanted)
    number = unit_seed(0, f"{stage.run} {stage.case} smoke") << 64
    key = str(UUID(int=number | unit_seed(1, stage.run), version=4))
    sent = stage.do(shop.submit(who, key, basket.text))
    assert sent.ok, f"a sensible list was answered {sent.refusal}"
    again = stage.do(shop.submit(who, key, basket.text))
    assert again.body == sent.body, "the same request again made another order"
    stage.until(LinkShown(stage, shop, who, sent.body["orderId"]), measure="submit to link")
