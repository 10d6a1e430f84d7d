"""What every HTTP function does around its use case."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from larder.functions.edge import CustomerCall
from larder.functions.get_products import build as get_products
from larder.functions.http import Response
from larder.functions.submit_grocery_list import build as submit
from larder.services.errors import Contended, StoreUnavailable

from tests.reference_impl.functions.wiring import World, assert_promised, send

LIST = {"customerEmail": "adaeze@example.com", "groceryList": "3 kg tomatoes"}
KEY = {"Idempotency-Key": "key-00001"}


def failing(world: World, error: Exception) -> Any:
    def act(_: CustomerCall) -> Response:
        raise error

    return world.customers_edge.for_customers("listProducts", act)


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_good_token_nothing_is_done_and_the_refusal_is_audited(
    world: World, token: str | None
) -> None:
    answer = send(get_products(world), token=token)
    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert_promised("listProducts", answer)
    assert world.limiter.taken == []  # type: ignore[attr-defined]
    (entry,) = world.audit.entries.values()  # type: ignore[attr-defined]
    assert (entry.what, entry.target, entry.result) == ("access", "listProducts", "refused")


def test_every_answer_to_a_customer_says_how_the_limit_stands(world: World) -> None:
    world.limiter.limit = 2  # type: ignore[attr-defined]
    answer = send(get_products(world))
    assert answer.headers["X-RateLimit-Limit"] == "2"
    assert answer.headers["X-RateLimit-Remaining"] == "1"
    assert answer.headers["X-RateLimit-Reset"] == "1795251660"
    bad = send(get_products(world), query={"limit": ["x"]})
    assert (bad.status, bad.headers["X-RateLimit-Remaining"]) == (400, "0")


def test_beyond_the_limit_a_request_is_refused_unread_and_audited(world: World) -> None:
    world.limiter.limit = 0  # type: ignore[attr-defined]
    answer = send(submit(world), raw="not JSON")
    assert (answer.status, answer.problem) == (429, "rate-limit-exceeded")
    assert int(answer.headers["Retry-After"]) == 60
    assert_promised("submitGroceryList", answer)
    (entry,) = world.audit.entries.values()  # type: ignore[attr-defined]
    assert (entry.who, entry.what) == ("customer-001", "rate limit")


def test_requests_are_counted_by_customer_operation_and_tier(world: World) -> None:
    send(get_products(world), token="customer-007")
    assert world.limiter.taken == [  # type: ignore[attr-defined]
        ("customer-007", "listProducts", "standard")
    ]


def test_a_given_correlation_id_comes_back(world: World) -> None:
    answer = send(get_products(world), headers={"x-correlation-id": "abcd-1234"})
    assert answer.headers["X-Correlation-Id"] == "abcd-1234"


def test_a_malformed_correlation_id_is_refused_and_one_is_made(world: World) -> None:
    answer = send(get_products(world), headers={"X-Correlation-Id": "a b"})
    assert (answer.status, answer.problem) == (400, "invalid-parameter")
    assert answer.headers["X-Correlation-Id"] != "a b"
    assert answer.body["errors"][0]["in"] == "header"


@pytest.mark.parametrize("error", [StoreUnavailable("table"), Contended("order")])
def test_what_larder_depends_on_failing_is_503_with_the_time_to_come_back(
    world: World, error: Exception
) -> None:
    answer = send(failing(world, error))
    assert (answer.status, answer.problem) == (503, "dependency-unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert_promised("listProducts", answer)


def test_a_limiter_that_does_not_answer_is_503_too(world: World) -> None:
    world.limiter.down = True  # type: ignore[attr-defined]
    assert send(get_products(world)).status == 503


def test_a_defect_is_500_and_tells_nothing_of_itself(world: World) -> None:
    answer = send(failing(world, KeyError("a secret")))
    assert (answer.status, answer.problem) == (500, "internal-error")
    assert "secret" not in str(answer.body)


def test_an_audit_log_that_does_not_answer_does_not_let_anybody_in(world: World) -> None:
    def down(_: object) -> None:
        raise StoreUnavailable("audit")

    world.audit.record = down  # type: ignore[method-assign]
    assert send(get_products(world), token=None).status == 401


@pytest.mark.parametrize(
    ("sent", "status", "problem"),
    [
        (
            {"raw": "not JSON", "headers": {"Content-Type": "application/json"}},
            400,
            "malformed-json",
        ),
        ({"raw": "[NaN]", "headers": {"Content-Type": "application/json"}}, 400, "malformed-json"),
        (
            {"raw": "[" * 8000, "headers": {"Content-Type": "application/json"}},
            400,
            "malformed-json",
        ),
        (
            {"raw": '{"a": 1, "a": 2}', "headers": {"Content-Type": "application/json"}},
            400,
            "malformed-json",
        ),
        ({"raw": "", "headers": {"Content-Type": "application/json"}}, 400, "malformed-json"),
        ({"raw": "{}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported-media-type"),
        ({"raw": "{}"}, 415, "unsupported-media-type"),
        ({"body": {**LIST, "groceryList": "x" * 8192}}, 413, "payload-too-large"),
        ({"body": {}}, 422, "invalid-body"),
        ({"body": []}, 422, "invalid-body"),
        ({"body": {**LIST, "price": 0}}, 422, "invalid-body"),
        ({"body": {**LIST, "customerEmail": "nobody"}}, 422, "invalid-body"),
        ({"body": {**LIST, "customerEmail": 7}}, 422, "invalid-body"),
        ({"body": {**LIST, "groceryList": ""}}, 422, "invalid-body"),
        ({"body": {**LIST, "groceryList": " eggs"}}, 422, "invalid-body"),
        ({"body": {**LIST, "groceryList": "eggs\u0000"}}, 422, "invalid-body"),
        ({"body": {**LIST, "groceryList": "x" * 1201}}, 422, "invalid-body"),
    ],
)
def test_a_body_that_breaks_the_contract_is_refused_and_nothing_is_written(
    world: World, sent: dict[str, Any], status: int, problem: str
) -> None:
    sent = {**sent, "headers": {**KEY, **sent.get("headers", {})}}
    answer = send(submit(world), **sent)
    assert (answer.status, answer.problem) == (status, problem)
    assert_promised("submitGroceryList", answer)
    assert world.orders.stored == {}  # type: ignore[attr-defined]


def test_errors_name_the_field_and_never_what_it_held(world: World) -> None:
    answer = send(submit(world), body={**LIST, "customerEmail": "secret text"}, headers=KEY)
    (flaw,) = answer.body["errors"]
    assert (flaw["in"], flaw["name"]) == ("body", "customerEmail")
    assert "secret" not in str(answer.body)


def test_a_body_may_come_in_base64(world: World) -> None:
    coded = base64.b64encode(
        b'{"customerEmail": "a.b@example.com", "groceryList": "eggs"}'
    ).decode()
    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}
    assert send(submit(world), raw=coded, headers=headers, base64=True).status == 202
    assert send(submit(world), raw="!!!", headers=headers, base64=True).status == 400


def test_a_parameter_that_comes_twice_is_refused(world: World) -> None:
    answer = send(get_products(world), query={"limit": ["1", "2"]})
    assert (answer.status, answer.body["errors"][0]["reason"]) == (400, "must come once")


def test_single_valued_query_parameters_are_read_too(world: World) -> None:
    event = {
        "headers": {"Authorization": "Bearer customer-001"},
        "queryStringParameters": {"limit": "0"},
    }
    from tests.reference_impl.functions.wiring import Context

    assert get_products(world)(event, Context())["statusCode"] == 400
