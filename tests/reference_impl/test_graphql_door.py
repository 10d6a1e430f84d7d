"""The GraphQL door as the template builds it: schema, authorisation, resolvers and functions behind
the front that stands in for AppSync, on fakes and without an emulator."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import urllib3
from botocore.credentials import Credentials
from larder.adapters.subscribers import Subscribers
from larder.domain.lifecycle import Status

from harness.deploy import load_template
from harness.model import Stage
from harness.targets.appsync import AppSyncFront, Invocation
from tests.harness.targets.appsync.test_realtime import talk
from tests.reference_impl.adapters.test_subscribers import EVENT
from tests.reference_impl.functions.wiring import CUSTOMER, SCHEMA, Context, World
from tests.reference_impl.samples import ORDER_ID, an_order
from tests.reference_impl.stack import TEMPLATE, template

FUNCTIONS = {
    name: resource["Properties"]["Handler"].split(".")[2]
    for name, resource in template()["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
MINE = 'subscription { onOrderUpdated(customerId: "customer-001") { orderId version status } }'


def deployed() -> Stage:
    """Larder's stage, with its schema in the template instead of in a bucket."""
    body = load_template(TEMPLATE).body
    schema = body["Resources"]["GraphSchema"]["Properties"]
    del schema["DefinitionS3Location"]
    schema["Definition"] = SCHEMA.read_text(encoding="utf-8")
    parameters = {n: str(p["Default"]) for n, p in body["Parameters"].items()}
    return Stage(
        name="larder", target="embedded", endpoint="http://127.0.0.1:9", region="eu-west-1",
        credentials=KEYS, base_url="", outputs={}, parameters=parameters, capabilities={},
        functions={name: name for name in FUNCTIONS}, template=body,
    )  # fmt: skip


class Invoke:
    """Calls Larder's functions in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, function: str, payload: Any) -> Invocation:
        module = importlib.import_module(f"larder.functions.{FUNCTIONS[function]}")
        answer = await asyncio.to_thread(module.build(self._world), payload, Context())
        return Invocation(json.loads(json.dumps(answer)))


@pytest.fixture
def front(world: World) -> Iterator[AppSyncFront]:
    running = AppSyncFront(deployed(), invoke=Invoke(world))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def world() -> World:
    return World()


def ask(front: AppSyncFront, query: str, token: str = CUSTOMER) -> Mapping[str, Any]:
    pool = urllib3.PoolManager(retries=False)
    try:
        body: Mapping[str, Any] = pool.request(
            "POST", front.graphql_url, json={"query": query}, headers={"Authorization": token}
        ).json()
        return body
    finally:
        pool.clear()


def the_error(answer: Mapping[str, Any]) -> tuple[str, list[str]]:
    (error,) = answer["errors"]
    return error["errorType"], error["path"]


def test_an_order_is_shown_with_what_was_asked_for(front: AppSyncFront, world: World) -> None:
    world.orders.put(an_order(Status.MATCHED))  # type: ignore[attr-defined]
    shown = ask(
        front,
        f'{{ order(orderId: "{ORDER_ID}") {{ status total {{ amount }} payment {{ link }} }} }}',
    )
    assert shown == {
        "data": {"order": {"status": "MATCHED", "total": {"amount": 540000}, "payment": None}}
    }


def test_an_error_stands_at_its_field_with_its_type_and_takes_no_other_field_with_it(
    front: AppSyncFront,
) -> None:
    answer = ask(
        front,
        f'{{ order(orderId: "{ORDER_ID}") {{ status }} '
        "products(first: 1) { nodes { unit } } }",
    )
    assert the_error(answer) == ("ORDER_NOT_FOUND", ["order"])
    assert answer["data"]["order"] is None
    assert len(answer["data"]["products"]["nodes"]) == 1


def test_a_list_is_submitted(front: AppSyncFront, world: World) -> None:
    answer = ask(
        front,
        'mutation { submitGroceryList(customerEmail: "a.b@example.com", groceryList: "eggs", '
        'idempotencyKey: "key-00001") { orderId status replayed } }',
    )
    assert answer["data"]["submitGroceryList"]["orderId"] in world.orders.stored  # type: ignore[attr-defined]


def test_somebody_without_a_good_token_is_nobody(front: AppSyncFront, world: World) -> None:
    answer = ask(front, "{ orders { nodes { orderId } } }", token="")
    assert answer["errors"][0]["errorType"] == "UnauthorizedException"
    assert world.limiter.taken == []  # type: ignore[attr-defined]


def test_a_customer_may_not_publish(front: AppSyncFront) -> None:
    answer = ask(
        front,
        'mutation { publishOrderUpdate(input: {orderId: "o", customerId: "customer-001", '
        'version: 1, status: PAID, at: "2026-11-20T09:30:00.000Z", correlationId: "12345678"}) '
        "{ orderId } }",
    )
    assert the_error(answer) == ("Unauthorized", ["publishOrderUpdate"])


def test_nobody_sees_the_schema(front: AppSyncFront) -> None:
    assert "errors" in ask(front, "{ __schema { types { name } } }")


def test_what_the_event_handler_publishes_reaches_the_orders_customer_alone(
    front: AppSyncFront,
) -> None:
    def credentials() -> Credentials:
        return Credentials(KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"])

    pool = urllib3.PoolManager()
    token = {"host": "larder", "Authorization": CUSTOMER}
    subscribers = Subscribers(pool, front.graphql_url, "eu-west-1", credentials)
    with talk(front, token) as mine:
        mine.subscribe(MINE, headers=token)
        subscribers.publish(EVENT)
        heard = mine.hear()["payload"]["data"]["onOrderUpdated"]
    pool.clear()
    assert heard == {"orderId": ORDER_ID, "version": 3, "status": "MATCHED"}


def test_anothers_orders_cannot_be_subscribed_to(front: AppSyncFront, world: World) -> None:
    token = {"host": "larder", "Authorization": "customer-002"}
    with talk(front, token) as stranger:
        stranger.start(MINE, headers=token)
        refused = stranger.hear()
    assert refused["type"] == "error"
    assert refused["payload"]["errors"][0]["errorType"] == "UNAUTHORIZED"
    assert [entry.target for entry in world.audit.entries.values()] == ["onOrderUpdated"]  # type: ignore[attr-defined]
