"""The authorizer, the provider's webhook and the health check."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from larder.domain.lifecycle import Status
from larder.domain.order import LinkState, PaymentLink
from larder.functions.authorizer import build as authorizer
from larder.functions.health_check import build as health_check
from larder.functions.payment_webhook import build as payment_webhook
from larder.services.errors import StoreUnavailable
from larder.services.ports import BreakerState

from tests.reference_impl.fakes import START
from tests.reference_impl.functions.wiring import (
    SECRET,
    Answer,
    Context,
    World,
    assert_promised,
    send,
)
from tests.reference_impl.samples import FIRST, ORDER_ID, TOTAL, an_order

METHOD = "arn:aws:execute-api:eu-west-1:1:abc/live/GET/v1/orders"


def test_the_authorizer_lets_a_customer_into_the_whole_stage(world: World) -> None:
    event = {"authorizationToken": "Bearer customer-001", "methodArn": METHOD}
    policy = authorizer(world)(event, Context())
    assert policy["principalId"] == "customer-001"
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == "arn:aws:execute-api:eu-west-1:1:abc/live/*"


def effect(policy: dict[str, Any]) -> str:
    (statement,) = policy["policyDocument"]["Statement"]
    return str(statement["Effect"])


def test_the_authorizer_denies_a_bad_token_and_audits_it(world: World) -> None:
    policy = authorizer(world)({"authorizationToken": "x", "methodArn": METHOD}, Context())
    assert effect(policy) == "Deny"
    (entry,) = world.audit.entries.values()  # type: ignore[attr-defined]
    assert (entry.target, entry.result) == ("GET/v1/orders", "refused")


def test_the_authorizer_denies_even_when_nobody_can_be_told(world: World) -> None:
    def down(_: object) -> None:
        raise StoreUnavailable("audit")

    world.audit.record = down  # type: ignore[method-assign]
    policy = authorizer(world)({"authorizationToken": "x", "methodArn": METHOD}, Context())
    assert effect(policy) == "Deny"


GRAPHQL = {"requestContext": {"apiId": "abc", "operationName": "Mine"}, "requestHeaders": {}}


@pytest.mark.parametrize("token", ["customer-001", "Bearer customer-001"])
def test_the_authorizer_lets_a_customer_into_graphql_and_says_who_it_is(
    world: World, token: str
) -> None:
    answer = authorizer(world)({**GRAPHQL, "authorizationToken": token}, Context())
    assert answer == {
        "isAuthorized": True,
        "resolverContext": {"sub": "customer-001", "tier": "standard", "scope": "shop"},
        "ttlOverride": 60,
    }


def test_the_authorizer_keeps_others_out_of_graphql_and_audits_it(world: World) -> None:
    answer = authorizer(world)({**GRAPHQL, "authorizationToken": ""}, Context())
    assert answer == {"isAuthorized": False, "ttlOverride": 0}
    (entry,) = world.audit.entries.values()  # type: ignore[attr-defined]
    assert (entry.target, entry.result) == ("graphql", "refused")


def announce(world: World, body: bytes, signature: str | None = None) -> Answer:
    """Sends the webhook; rightly signed unless said otherwise."""
    right = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
    answer = send(
        payment_webhook(world),
        token=None,
        raw=body.decode(),
        headers={"X-Paystack-Signature": right if signature is None else signature},
    )
    assert_promised("receivePaystackEvent", answer)
    return answer


def success(reference: str = FIRST) -> bytes:
    return json.dumps({"event": "charge.success", "data": {"reference": reference}}).encode()


def paying(world: World) -> World:
    world.orders.put(an_order(Status.PAYMENT_INITIATED))  # type: ignore[attr-defined]
    world.links.claim(PaymentLink(ORDER_ID, 1, FIRST, TOTAL, START, LinkState.OPEN))
    return world


def test_a_signed_success_lets_the_order_be_settled(world: World) -> None:
    answer = announce(paying(world), success())
    assert (answer.status, answer.body) == (200, {"received": True})
    ((work, _),) = world.work_queues.sent  # type: ignore[attr-defined]
    assert (work.order_id, work.reference) == (ORDER_ID, FIRST)


@pytest.mark.parametrize(
    ("body", "signature", "status", "problem"),
    [
        (success(), "0" * 128, 401, "invalid-signature"),
        (success(), "", 401, "invalid-signature"),
        (success() + b" " * 65536, None, 413, "payload-too-large"),
        (b"not JSON", None, 400, "malformed-json"),
        (b"[]", None, 400, "malformed-json"),
    ],
)
def test_forged_oversized_and_malformed_events_are_refused_and_change_nothing(
    world: World, body: bytes, signature: str | None, status: int, problem: str
) -> None:
    answer = announce(paying(world), body, signature)
    assert (answer.status, answer.problem) == (status, problem)
    assert world.work_queues.sent == []  # type: ignore[attr-defined]
    assert len(world.audit.entries) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body", [success("re4lyvq3s3"), b'{"event": "refund.processed", "data": {}}']
)
def test_events_that_are_not_ours_are_taken_and_change_nothing(world: World, body: bytes) -> None:
    assert announce(paying(world), body).status == 200
    assert world.work_queues.sent == []  # type: ignore[attr-defined]


def test_an_event_that_could_not_be_kept_must_be_sent_again(world: World) -> None:
    def down(_: object, **__: object) -> None:
        raise StoreUnavailable("queue")

    paying(world).work_queues.send = down  # type: ignore[method-assign, assignment]
    assert announce(world, success()).status == 503


def health(world: World) -> Answer:
    answer = send(health_check(world), token=None)
    assert_promised("getHealth", answer)
    return answer


def test_anyone_may_ask_how_larder_is(world: World) -> None:
    answer = health(world)
    assert (answer.status, answer.body["status"]) == (200, "ok")
    assert {"name": "paystack", "status": "ok", "breaker": "CLOSED"} in answer.body["dependencies"]


def test_one_dependency_that_is_ill_degrades_the_whole(world: World) -> None:
    world.probes.ill.add("pay-queue")  # type: ignore[attr-defined]
    assert health(world).body["status"] == "degraded"


def test_an_open_breaker_is_shown(world: World) -> None:
    world.breakers["paystack"].current = BreakerState.OPEN
    shown = {"name": "paystack", "status": "degraded", "breaker": "OPEN"}
    assert shown in health(world).body["dependencies"]


def test_the_schedule_asks_without_http(world: World) -> None:
    seen: Any = health_check(world)({"source": "aws.events"}, Context())
    assert seen["status"] == "ok"
