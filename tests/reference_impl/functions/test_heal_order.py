"""People send an order on by hand, and that they did is kept."""

from __future__ import annotations

from typing import Any

import pytest
from larder.domain.lifecycle import Status
from larder.functions.heal_order import NotHealed
from larder.functions.heal_order import build as heal_order

from tests.reference_impl.functions.wiring import Context, World
from tests.reference_impl.samples import ORDER_ID, an_order

WISH = {"orderId": ORDER_ID, "who": "ngozi@larder.example"}


def put(world: World, status: Status, **changes: Any) -> None:
    world.orders.put(an_order(status, **changes))  # type: ignore[attr-defined]


def kept(world: World) -> tuple[str, str, str, str]:
    (entry,) = world.audit.entries.values()  # type: ignore[attr-defined]
    return entry.who, entry.what, entry.target, entry.result


def test_an_order_that_needed_attention_goes_on_from_where_it_stood(world: World) -> None:
    put(world, Status.NEEDS_ATTENTION, attention_from=Status.MATCHED)
    answer = heal_order(world)(WISH, Context())
    assert answer == {"orderId": ORDER_ID, "status": "MATCHED", "version": 6}
    assert kept(world) == ("ngozi@larder.example", "heal", ORDER_ID, "MATCHED")


def test_an_order_that_needs_nobody_stays_as_it_is(world: World) -> None:
    put(world, Status.PAID)
    assert heal_order(world)(WISH, Context())["status"] == "PAID"
    assert world.orders.history == []  # type: ignore[attr-defined]


def test_an_unknown_order_is_refused_and_the_try_is_kept(world: World) -> None:
    with pytest.raises(NotHealed, match="no order"):
        heal_order(world)(WISH, Context())
    assert kept(world)[3] == "refused"


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({}, "orderId, who"),
        ({**WISH, "orderId": "x"}, "orderId"),
        ({**WISH, "who": ""}, "who"),
        ({**WISH, "force": True}, "force"),
    ],
)
def test_a_wish_that_cannot_be_read_says_what_is_wrong(
    world: World, wish: dict[str, object], wrong: str
) -> None:
    with pytest.raises(NotHealed, match=f"Wrong or missing: {wrong}"):
        heal_order(world)(wish, Context())
