"""Whatever comes at the webhook, an order is paid by one true charge of its price or not at all."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from harness import Budget, Stage, plans, scenario
from scenarios.baskets import Basket, one_basket
from scenarios.doubles.paystack import PAYSTACK
from scenarios.doubles.webhooks import FORGED
from scenarios.laws import (
    LIFECYCLE,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    PAID_FIRST,
    REFUSED_DOES_NOTHING,
)
from scenarios.poison import NOBODY
from scenarios.shop import Order, Shop
from scenarios.waiting import LINKED, OneChargeKept, alerts, are

UNTRUE = ("charge.success", "charge.failed", "refund.processed")
"""What is said of payments that weren't made, under Paystack's own signature."""


@dataclass(frozen=True)
class Targeted:
    """A list, how events about its order are forged, and what untrue is said of it."""

    basket: Basket
    forgeries: tuple[str, ...]
    untrue: str


targets = st.builds(
    Targeted,
    basket=one_basket(),
    forgeries=st.permutations(FORGED).map(lambda ways: tuple(ways[:3])),
    untrue=st.sampled_from(UNTRUE),
)


@scenario(
    work=st.lists(targets, min_size=6, max_size=7).map(tuple),
    faults=plans(PAYSTACK.of("webhook"), least=1, most=2),
    laws=[LIFECYCLE, NOTHING_LOST, ONE_CHARGE_APPLIED, PAID_FIRST, REFUSED_DOES_NOTHING],
    budget=Budget(cases=1, entities=6),
)
def webhook_abuse(stage: Stage, work: tuple[Targeted, ...]) -> None:
    """Forged, untrue, early, repeated, reordered and oversized events; other sums than asked."""
    shop = Shop(stage)
    orders = stage.together(shop.submit(each.basket) for each in work)
    nobodys = replace(orders[0], id=NOBODY)
    about = list(zip([nobodys, *orders], [work[0], *work], strict=True))

    def abuse() -> None:
        """Nothing that is forged or untrue does anything, of these orders or of none."""
        forged = stage.together(shop.hears_forged(o, how) for o, t in about for how in t.forgeries)
        assert all(status in (400, 401, 413) for status in forged), f"forgeries met with {forged}"
        untrue = stage.together(shop.hears_untrue(o, t.untrue) for o, t in about)
        assert set(untrue) == {200}, f"signed events met with {untrue}"

    abuse()  # before there is a link, about the reference that can be guessed
    stage.until(are(orders, LINKED))
    abuse()

    short, foreign, second_thoughts, *honest = orders
    stage.together([shop.pays(short, amount=100), shop.pays(foreign, currency="GHS")])
    stage.do(shop.is_declined(second_thoughts))
    stage.together(map(shop.pays, [second_thoughts, *honest]))  # a success after the failure
    paid: list[Order] = [second_thoughts, *honest]
    stage.until(are(paid, {"FULFILLED"}))
    stage.until(are([short, foreign], {"NEEDS_ATTENTION"}))
    stage.until(alerts("charge does not match", 2))

    abuse()  # a failure after the success
    stage.together(map(shop.hears_again_from_paystack, orders))
    stage.until(OneChargeKept(paid))
