"""The GraphQL door: the same rules as REST's, and errors that carry the contract's types."""

from __future__ import annotations

from typing import Any

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import Refund, RefundState, Suggestion, Unmatched
from larder.domain.payments import ChargeStatus
from larder.functions.fields import FieldCall
from larder.functions.get_orders import build as get_orders
from larder.functions.get_products import build as get_products
from larder.functions.request_payment_link import build as request_payment_link
from larder.functions.submit_grocery_list import build as submit
from larder.functions.subscribe_to_orders import build as subscribe_to_orders
from larder.services.errors import ProviderUnavailable, StoreUnavailable

from tests.reference_impl.functions.test_customers import BadPages, Endless
from tests.reference_impl.functions.wiring import CUSTOMER, World, ask, assert_fits, send
from tests.reference_impl.samples import FIRST, ORDER_ID, SECOND, SHOP, TOTAL, an_order

LIST = {
    "customerEmail": "adaeze@example.com",
    "groceryList": "3 kg tomatoes",
    "idempotencyKey": "key-00001",
}
LINK = {"orderId": ORDER_ID, "idempotencyKey": "key-00001"}


def entry(world: World) -> tuple[str, str, str, str]:
    (kept,) = world.audit.entries.values()  # type: ignore[attr-defined]
    return kept.who, kept.what, kept.target, kept.result


def with_order(world: World, **changes: Any) -> World:
    world.orders.put(an_order(**{"status": Status.MATCHED, **changes}))  # type: ignore[attr-defined]
    return world


# The door


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_good_token_nothing_is_done_and_the_refusal_is_audited(
    world: World, token: str | None
) -> None:
    answer = ask(get_products(world), "products", token=token)
    assert answer.type == "UNAUTHENTICATED"
    assert entry(world) == ("unknown", "access", "listProducts", "refused")
    assert world.limiter.taken == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("token", [CUSTOMER, f"Bearer {CUSTOMER}"])
def test_a_token_may_come_with_or_without_its_scheme(world: World, token: str) -> None:
    assert ask(get_products(world), "products", token=token).type is None


def test_both_doors_count_the_same_operation_together(world: World) -> None:
    handler = get_products(world)
    ask(handler, "products")
    send(handler)
    assert {operation for _, operation, _ in world.limiter.taken} == {"listProducts"}  # type: ignore[attr-defined]
    assert len(world.limiter.taken) == 2  # type: ignore[attr-defined]


def test_beyond_the_limit_a_field_is_refused_unread_and_audited(world: World) -> None:
    world.limiter.limit = 0  # type: ignore[attr-defined]
    answer = ask(submit(world), "submitGroceryList", groceryList=5)
    assert answer.type == "RATE_LIMIT_EXCEEDED"
    assert answer.info["retryAfter"] == 60
    assert (answer.info["limit"], answer.info["remaining"]) == (0, 0)
    assert answer.info["reset"] == 1_795_251_660
    assert entry(world)[1] == "rate limit"


def test_a_correlation_id_is_taken_over_and_a_malformed_one_is_replaced(world: World) -> None:
    seen: list[FieldCall] = []
    handler = world.fields.for_customers("listProducts", seen.append)
    ask(handler, "products", headers={"X-Correlation-Id": "abcd-1234"})
    ask(handler, "products", headers={"x-correlation-id": "a b"})
    first, second = (call.occasion.correlation_id for call in seen)
    assert first == "abcd-1234"
    assert second not in {"a b", ""}


def test_what_is_null_counts_as_left_out(world: World) -> None:
    answer = ask(get_products(world), "products", first=None, type=None, after=None)
    assert len(answer.data["nodes"]) == len(SHOP)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(StoreUnavailable("table"), "DEPENDENCY_UNAVAILABLE"), (KeyError("x"), "INTERNAL_ERROR")],
)
def test_what_goes_wrong_inside_is_told_by_its_kind_alone(
    world: World, error: Exception, kind: str
) -> None:
    def fail(_: FieldCall) -> None:
        raise error

    answer = ask(world.fields.for_customers("listProducts", fail), "products")
    assert answer.type == kind
    assert "table" not in str(answer)


# Products and orders


def test_products_are_listed_by_pages(world: World) -> None:
    answer = ask(get_products(world), "products", type="pantry", first=1)
    assert_fits("ProductConnection", answer.data)
    assert [product["productId"] for product in answer.data["nodes"]] == ["pantry-001"]
    world.__dict__["catalogue"] = Endless(SHOP[0])
    page = ask(get_products(world), "products").data["pageInfo"]
    assert page == {"hasNextPage": True, "endCursor": "grains-001"}


@pytest.mark.parametrize(("field", "most"), [("products", 100), ("orders", 50)])
@pytest.mark.parametrize("beyond", [0, 1])
def test_a_page_is_bounded(world: World, field: str, most: int, beyond: int) -> None:
    handler = get_products(world) if field == "products" else get_orders(world)
    answer = ask(handler, field, first=beyond * (most + 1))
    assert answer.type == "INVALID_PARAMETER"
    assert [(e["in"], e["name"]) for e in answer.info["errors"]] == [("argument", "first")]
    assert ask(handler, field, first=most).type is None


@pytest.mark.parametrize("field", ["products", "orders"])
def test_a_cursor_that_no_page_gave_is_refused(world: World, field: str) -> None:
    world.__dict__["catalogue"] = BadPages()
    world.__dict__["orders"].of_user = BadPages().page
    handler = get_products(world) if field == "products" else get_orders(world)
    answer = ask(handler, field, after="nonsense")
    assert answer.type == "INVALID_PARAMETER"
    assert answer.info["errors"][0]["name"] == "after"


def test_ones_own_orders_are_listed(world: World) -> None:
    answer = ask(get_orders(with_order(world)), "orders", first=5)
    assert_fits("OrderConnection", answer.data)
    assert [order["orderId"] for order in answer.data["nodes"]] == [ORDER_ID]
    assert answer.data["pageInfo"] == {"hasNextPage": False, "endCursor": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.PENDING_MATCHING, "items": None, "lines": (), "total": None},
        {"unmatched": (Unmatched("caviar", (Suggestion("proteins-001", "Chicken"),)),)},
        {"status": Status.PAID, "refunds": (Refund(SECOND, "7", RefundState.DONE),)},
    ],
)
def test_an_order_is_shown_as_rest_shows_it(world: World, changes: dict[str, Any]) -> None:
    handler = get_orders(with_order(world, **changes))
    answer = ask(handler, "order", orderId=ORDER_ID)
    assert_fits("Order", answer.data)
    assert answer.data == send(handler, path={"orderId": ORDER_ID}).body


@pytest.mark.parametrize("order_id", ["nonsense", ORDER_ID.replace("5", "6"), ORDER_ID])
def test_an_order_that_is_not_ones_own_is_as_if_it_were_not_there(
    world: World, order_id: str
) -> None:
    with_order(world, user_id="somebody-else")
    assert ask(get_orders(world), "order", orderId=order_id).type == "ORDER_NOT_FOUND"


def test_that_somebody_asked_for_anothers_order_is_kept(world: World) -> None:
    ask(get_orders(with_order(world, user_id="somebody-else")), "order", orderId=ORDER_ID)
    assert entry(world) == (CUSTOMER, "access", ORDER_ID, "refused")


# Submitting


def test_a_list_becomes_an_order_and_a_repeat_finds_it(world: World) -> None:
    handler = submit(world)
    first, again = (ask(handler, "submitGroceryList", **LIST) for _ in range(2))
    assert_fits("OrderAccepted", first.data)
    assert (first.data["replayed"], again.data["replayed"]) == (False, True)
    assert first.data["orderId"] == again.data["orderId"]
    assert len(world.orders.stored) == 1  # type: ignore[attr-defined]


def test_a_repeat_by_the_other_door_finds_the_same_order(world: World) -> None:
    handler = submit(world)
    first = ask(handler, "submitGroceryList", **LIST)
    body = {name: LIST[name] for name in ("customerEmail", "groceryList")}
    again = send(handler, body=body, headers={"Idempotency-Key": LIST["idempotencyKey"]})
    assert again.body["orderId"] == first.data["orderId"]
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_stands_for_one_list(world: World) -> None:
    handler = submit(world)
    ask(handler, "submitGroceryList", **LIST)
    answer = ask(handler, "submitGroceryList", **{**LIST, "groceryList": "6 eggs"})
    assert answer.type == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customerEmail", "no address"),
        ("customerEmail", f"{'a' * 250}@b.co"),
        ("groceryList", ""),
        ("groceryList", " eggs"),
        ("groceryList", "eggs\u0000"),
        ("groceryList", "x" * 1201),
        ("idempotencyKey", "short"),
        ("idempotencyKey", "a b c d e f"),
    ],
)
def test_an_argument_that_breaks_the_contract_is_refused_and_nothing_is_written(
    world: World, name: str, value: str
) -> None:
    answer = ask(submit(world), "submitGroceryList", **{**LIST, name: value})
    assert answer.type == "INVALID_PARAMETER"
    assert [(e["in"], e["name"]) for e in answer.info["errors"]] == [("argument", name)]
    assert value == "" or value not in str(answer)
    assert world.orders.stored == {}  # type: ignore[attr-defined]


# Payment links


def test_after_a_failed_payment_a_new_link_is_made(world: World) -> None:
    handler = request_payment_link(with_order(world, status=Status.PAYMENT_FAILED))
    first, again = (ask(handler, "requestPaymentLink", **LINK) for _ in range(2))
    assert_fits("PaymentLinkAccepted", first.data)
    assert (first.data["replayed"], again.data["replayed"]) == (False, True)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"user_id": "somebody-else"}, "ORDER_NOT_FOUND"),
        ({"status": Status.PAID}, "ALREADY_PAID"),
        ({"status": Status.MATCHED}, "PAYMENT_LINK_PENDING"),
        ({"status": Status.PENDING_MATCHING}, "ORDER_NOT_PAYABLE"),
    ],
)
def test_an_order_that_takes_no_new_link_says_why(
    world: World, changes: dict[str, Any], kind: str
) -> None:
    handler = request_payment_link(with_order(world, **changes))
    assert ask(handler, "requestPaymentLink", **LINK).type == kind


def test_a_link_of_anothers_order_is_kept_as_a_trespass(world: World) -> None:
    handler = request_payment_link(with_order(world, user_id="somebody-else"))
    ask(handler, "requestPaymentLink", **LINK)
    assert entry(world) == (CUSTOMER, "access", ORDER_ID, "refused")


def test_a_link_that_is_open_is_shown(world: World) -> None:
    with_order(world, status=Status.PAYMENT_INITIATED, payment_link="https://pay.example/1")
    world.provider.becomes(FIRST, ChargeStatus.OPEN, TOTAL)  # type: ignore[attr-defined]
    answer = ask(request_payment_link(world), "requestPaymentLink", **LINK)
    assert answer.type == "PAYMENT_LINK_OPEN"
    assert_fits("Payment", answer.info["payment"])


def test_a_provider_that_cannot_be_asked_says_when_to_come_back(world: World) -> None:
    with_order(world, status=Status.PAYMENT_INITIATED)
    world.provider.down = ProviderUnavailable("down")  # type: ignore[attr-defined]
    answer = ask(request_payment_link(world), "requestPaymentLink", **LINK)
    assert (answer.type, answer.info["retryAfter"]) == ("PROVIDER_UNAVAILABLE", 5)


def test_a_malformed_key_or_order_is_refused(world: World) -> None:
    handler = request_payment_link(with_order(world))
    assert ask(handler, "requestPaymentLink", **{**LINK, "idempotencyKey": "x"}).type == (
        "INVALID_PARAMETER"
    )
    assert ask(handler, "requestPaymentLink", **{**LINK, "orderId": "x"}).type == "ORDER_NOT_FOUND"


# Subscribing


def test_one_may_subscribe_to_ones_own_orders(world: World) -> None:
    answer = ask(subscribe_to_orders(world), "onOrderUpdated", customerId=CUSTOMER)
    assert (answer.data, answer.type) == (None, None)


def test_nobody_may_subscribe_to_anothers_orders_and_the_try_is_audited(world: World) -> None:
    answer = ask(subscribe_to_orders(world), "onOrderUpdated", customerId="customer-002")
    assert answer.type == "UNAUTHORIZED"
    assert entry(world) == (CUSTOMER, "access", "onOrderUpdated", "refused")
