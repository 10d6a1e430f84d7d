"""Whatever several people do with one order at once, one charge is applied."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from harness import Budget, Stage, scenario
from scenarios.baskets import Basket, one_basket
from scenarios.laws import (
    LIFECYCLE,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    PAID_FIRST,
    TOLD,
)
from scenarios.shop import Shop
from scenarios.waiting import LINKED, OneChargeKept, are, offered

ACTS = ("pay the old link", "pay the new link", "ask", "ask", "look", "decline", "hear again")


@dataclass(frozen=True)
class Shared:
    """A list, and what its order's people do at once, in the order in which they begin."""

    basket: Basket
    acts: tuple[str, ...]


@scenario(
    work=st.lists(
        st.builds(Shared, one_basket(), st.permutations(ACTS).map(tuple)), min_size=4, max_size=5
    ).map(tuple),
    laws=[ONE_CHARGE_APPLIED, PAID_FIRST, LIFECYCLE, NOTHING_LOST, TOLD],
    budget=Budget(cases=2, entities=8),
)
def one_order(stage: Stage, work: tuple[Shared, ...]) -> None:
    """Two links paid, one declined, links asked for, webhooks repeated: all at once."""
    shop = Shop(stage)
    orders = stage.together(shop.submit(each.basket) for each in work)
    stage.until(are(orders, LINKED))
    old = stage.together(map(shop.link_of, orders))
    stage.together(map(shop.is_declined_at, old))
    asked = stage.together(shop.asks_for_a_link(order) for order in orders for _ in range(3))
    stage.until(offered(orders, link=2))
    new = stage.together(map(shop.link_of, orders))

    does: Mapping[str, Callable[[int], Awaitable[Any]]] = {
        "pay the old link": lambda n: shop.pays_at(old[n]),
        "pay the new link": lambda n: shop.pays_at(new[n]),
        "ask": lambda n: shop.asks_for_a_link(orders[n]),
        "look": lambda n: shop.reads(orders[n]),
        "decline": lambda n: shop.is_declined_at(new[n]),
        "hear again": lambda n: shop.hears_again_from_paystack(orders[n]),
    }
    todo = [(act, n) for n, each in enumerate(work) for act in each.acts]
    done = stage.together(does[act](n) for act, n in todo)
    stage.until(are(orders, {"FULFILLED"}), measure="all at once to fulfilled")
    stage.until(OneChargeKept(orders))

    asked += [said for (act, _), said in zip(todo, done, strict=True) if act == "ask"]
    granted = sum(said.ok for said in asked)
    links = sum(map(shop.links, orders)) - len(orders)
    assert links <= granted, f"{links} links were made for {granted} wishes that were granted"
