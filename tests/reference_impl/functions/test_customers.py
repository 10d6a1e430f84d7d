"""The HTTP functions that serve customers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import Item, Refund, RefundState, Suggestion, Unmatched
from larder.domain.payments import ChargeStatus
from larder.functions.get_orders import build as get_orders
from larder.functions.get_products import build as get_products
from larder.functions.request_payment_link import build as request_payment_link
from larder.functions.submit_grocery_list import build as submit
from larder.services.errors import BadCursor, ProviderUnavailable
from larder.services.ports import Page

from tests.reference_impl.functions.wiring import Answer, World, assert_promised, send
from tests.reference_impl.samples import FIRST, ORDER_ID, SECOND, TOTAL, an_order

LIST = {"customerEmail": "adaeze@example.com", "groceryList": "3 kg tomatoes"}
KEY = {"Idempotency-Key": "key-00001"}
PATH = {"orderId": ORDER_ID}


class Endless:
    """Every page has a next one."""

    def __init__(self, *items: object) -> None:
        self.items = items

    def page(self, *_: object, **__: object) -> Page[object]:
        return Page(self.items, "grains-001")


class BadPages:
    """Gives no page for any cursor."""

    def page(self, *_: object, **__: object) -> None:
        raise BadCursor("nonsense")


def test_products_are_listed(world: World) -> None:
    answer = send(get_products(world), query={"type": ["pantry"], "limit": ["1"]})
    assert answer.status == 200
    assert [product["productId"] for product in answer.body["products"]] == ["pantry-001"]
    assert_promised("listProducts", answer)


@pytest.mark.parametrize("query", [{"limit": ["0"]}, {"limit": ["101"]}, {"type": ["weapons"]}])
def test_a_page_that_cannot_be_asked_for_is_refused(
    world: World, query: dict[str, list[str]]
) -> None:
    answer = send(get_products(world), query=query)
    assert (answer.status, answer.problem) == (400, "invalid-parameter")
    assert_promised("listProducts", answer)


def test_a_cursor_that_no_page_gave_is_refused(world: World) -> None:
    world.__dict__["catalogue"] = BadPages()
    answer = send(get_products(world), query={"cursor": ["x"]})
    assert (answer.status, answer.body["errors"][0]["name"]) == (400, "cursor")
    world.orders.of_user = BadPages().page  # type: ignore[method-assign, assignment]
    assert send(get_orders(world), query={"cursor": ["x"]}).status == 400


def test_a_page_that_is_not_the_last_tells_where_the_next_begins(world: World) -> None:
    world.__dict__["catalogue"] = Endless()
    assert send(get_products(world)).body["nextCursor"] == "grains-001"
    world.orders.of_user = Endless(an_order()).page  # type: ignore[method-assign, assignment]
    assert send(get_orders(world)).body["nextCursor"] == "grains-001"


def test_a_submitted_list_is_an_order(world: World) -> None:
    answer = send(submit(world), body=LIST, headers=KEY)
    assert answer.status == 202
    assert answer.headers["Location"] == f"/v1/orders/{answer.body['orderId']}"
    assert "Idempotent-Replayed" not in answer.headers
    assert_promised("submitGroceryList", answer)
    order = world.orders.get(answer.body["orderId"])
    assert order is not None
    assert (order.user_id, order.grocery_list) == ("customer-001", "3 kg tomatoes")
    assert order.correlation_id == answer.headers["X-Correlation-Id"]


def test_the_same_request_again_is_the_same_order(world: World) -> None:
    first = send(submit(world), body=LIST, headers=KEY)
    again = send(submit(world), body=LIST, headers=KEY)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(world.orders.stored) == 1  # type: ignore[attr-defined]
    assert_promised("submitGroceryList", again)


def test_a_key_belongs_to_the_customer_who_sent_it(world: World) -> None:
    send(submit(world), body=LIST, headers=KEY)
    other = send(submit(world), body=LIST, headers=KEY, token="customer-002")
    assert "Idempotent-Replayed" not in other.headers


def test_a_key_that_came_with_another_body_is_refused(world: World) -> None:
    send(submit(world), body=LIST, headers=KEY)
    answer = send(submit(world), body={**LIST, "groceryList": "eggs"}, headers=KEY)
    assert (answer.status, answer.problem) == (422, "idempotency-key-reused")
    assert_promised("submitGroceryList", answer)


@pytest.mark.parametrize(
    "headers", [{}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "ü" * 9}]
)
def test_a_submission_needs_a_proper_key(world: World, headers: dict[str, str]) -> None:
    answer = send(submit(world), body=LIST, headers=headers)
    assert (answer.status, answer.problem) == (400, "invalid-parameter")
    assert answer.body["errors"][0]["name"] == "Idempotency-Key"
    assert_promised("submitGroceryList", answer)


@pytest.mark.parametrize("status", list(Status))
def test_an_order_is_shown_whole_in_each_of_its_states(world: World, status: Status) -> None:
    world.orders.put(  # type: ignore[attr-defined]
        an_order(
            status,
            unmatched=(Unmatched("caviar", (Suggestion("proteins-004", "Titus mackerel"),)),),
            refunds=tuple(
                Refund(f"{FIRST[:-1]}{number}", str(number), state)
                for number, state in enumerate(RefundState, start=2)
            ),
        )
    )
    answer = send(get_orders(world), path=PATH)
    assert (answer.status, answer.body["status"]) == (200, status.value)
    assert [refund["status"] for refund in answer.body["refunds"]] == ["DUE", "DONE", "DUE"]
    assert_promised("getOrder", answer)


def test_quantities_are_numbers_and_whole_ones_look_whole(world: World) -> None:
    items = (Item("rice", Decimal("2.000")), Item("pepper", Decimal("0.5"), "kg"))
    world.orders.put(an_order(Status.MATCHED, items=items))  # type: ignore[attr-defined]
    answer = send(get_orders(world), path=PATH)
    assert str([item["quantity"] for item in answer.body["items"]]) == "[2, 0.5]"


@pytest.mark.parametrize(
    ("order_id", "token"),
    [(ORDER_ID, "customer-002"), ("00000000-0000-0000-0000-000000000000", None), ("x", None)],
)
def test_anothers_an_unknown_and_a_malformed_order_are_the_same_404(
    world: World, order_id: str, token: str | None
) -> None:
    world.orders.put(an_order())  # type: ignore[attr-defined]
    for build, headers in ((get_orders, {}), (request_payment_link, KEY)):
        answer = send(
            build(world), path={"orderId": order_id}, token=token or "customer-001", headers=headers
        )
        assert (answer.status, answer.problem) == (404, "order-not-found")
        assert_promised("getOrder", answer)


def test_own_orders_are_listed_and_nobody_elses(world: World) -> None:
    world.orders.put(an_order(Status.MATCHED))  # type: ignore[attr-defined]
    mine = send(get_orders(world), query={"limit": ["5"]})
    assert [order["orderId"] for order in mine.body["orders"]] == [ORDER_ID]
    assert_promised("listOrders", mine)
    assert send(get_orders(world), token="customer-002").body == {"orders": []}


def test_reading_and_listing_are_limited_apart(world: World) -> None:
    send(get_orders(world), path=PATH)
    send(get_orders(world))
    assert [operation for _, operation, _ in world.limiter.taken] == [  # type: ignore[attr-defined]
        "getOrder",
        "listOrders",
    ]


def ask(world: World, status: Status, **changes: object) -> Answer:
    world.orders.put(an_order(status, **changes))  # type: ignore[attr-defined]
    answer = send(request_payment_link(world), path=PATH, headers=KEY)
    assert_promised("requestPaymentLink", answer)
    return answer


def test_after_a_failed_payment_a_new_link_can_be_had(world: World) -> None:
    answer = ask(world, Status.PAYMENT_FAILED)
    assert (answer.status, answer.body["status"]) == (202, "PAYMENT_FAILED")
    again = send(request_payment_link(world), path=PATH, headers=KEY)
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (Status.PENDING_MATCHING, "order-not-payable"),
        (Status.UNMATCHED, "order-not-payable"),
        (Status.MATCHED, "payment-link-pending"),
        (Status.PAID, "already-paid"),
        (Status.FULFILLED, "already-paid"),
        (Status.NEEDS_ATTENTION, "order-not-payable"),
    ],
)
def test_in_other_states_there_is_no_new_link(world: World, status: Status, problem: str) -> None:
    answer = ask(world, status)
    assert (answer.status, answer.problem) == (409, problem)


def test_while_the_link_can_be_paid_it_is_given_again(world: World) -> None:
    world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)  # type: ignore[attr-defined]
    answer = ask(world, Status.PAYMENT_INITIATED)
    assert (answer.status, answer.problem) == (409, "payment-link-open")
    assert answer.body["payment"]["link"] == "https://pay.example/1"


def test_a_payment_that_was_made_meanwhile_is_found(world: World) -> None:
    world.provider.becomes(FIRST, ChargeStatus.SUCCESS, TOTAL)  # type: ignore[attr-defined]
    assert ask(world, Status.PAYMENT_INITIATED).problem == "already-paid"


def test_a_provider_that_cannot_be_asked_is_503_and_no_link_is_made(world: World) -> None:
    world.provider.down = ProviderUnavailable("time-out")  # type: ignore[attr-defined]
    answer = ask(world, Status.PAYMENT_INITIATED)
    assert (answer.status, answer.problem) == (503, "provider-unavailable")
    world.breakers["paystack"].refuses_for = 41.5
    assert ask(world, Status.PAYMENT_INITIATED).headers["Retry-After"] == "42"


def test_the_second_link_is_the_one_shown(world: World) -> None:
    order = an_order(Status.PAYMENT_INITIATED)
    second = replace(
        order,
        payment_attempt=2,
        payment_reference=SECOND,
        payment_link="https://pay.example/2",
    )
    world.orders.put(second)  # type: ignore[attr-defined]
    payment = send(get_orders(world), path=PATH).body["payment"]
    assert payment == {"link": "https://pay.example/2", "reference": SECOND, "attempt": 2}
