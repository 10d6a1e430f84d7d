"""The message contract is whole and strict, and no message of ours says who a customer is."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from larder.domain.messages import Work, from_json, to_json
from larder.domain.order import Step

Json = Any
Check = Callable[[dict[str, Any], Json, Json], None]
Resolve = Callable[[dict[str, Any], Json], Json]
Walk = Callable[[Json], Iterator[tuple[str, dict[str, Any]]]]

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "contracts" / "asyncapi.yaml").read_text())
MESSAGES = list(DOCUMENT["components"]["messages"])
CARRIED_AS_THEY_CAME = {"paystackEvent", "parked", "unreadable"}
every_message = pytest.mark.parametrize("name", MESSAGES)
TYPED_BY_GRAPHQL = {"orderUpdate"}
our_messages = pytest.mark.parametrize("name", sorted(set(MESSAGES) - CARRIED_AS_THEY_CAME))
versioned_messages = pytest.mark.parametrize(
    "name", sorted(set(MESSAGES) - CARRIED_AS_THEY_CAME - TYPED_BY_GRAPHQL)
)


def flat(document: dict[str, Any], schema: Json, resolver: Resolve) -> dict[str, Any]:
    """Properties and required names of a payload, its ``allOf`` taken together."""
    schema = resolver(document, schema)
    parts = [schema, *(resolver(document, p) for p in schema.get("allOf", []))]
    return {
        "properties": {k: v for p in parts for k, v in p.get("properties", {}).items()},
        "required": {name for p in parts for name in p.get("required", [])},
    }


def test_every_reference_leads_somewhere(
    asyncapi: dict[str, Any], walker: Walk, resolver: Resolve
) -> None:
    for pointer, node in walker(asyncapi):
        assert resolver(asyncapi, node) is not None, pointer


def test_every_channel_has_messages_and_someone_who_uses_it(
    asyncapi: dict[str, Any], resolver: Resolve
) -> None:
    assert all(channel["messages"] for channel in asyncapi["channels"].values())
    used = {o["channel"]["$ref"].split("/")[-1] for o in asyncapi["operations"].values()}
    assert used == set(asyncapi["channels"])


def test_every_kind_of_work_travels_on_one_queue(asyncapi: dict[str, Any]) -> None:
    carried = [
        kind
        for name in ("parseQueue", "matchQueue", "payQueue", "fulfilQueue")
        for kind in asyncapi["channels"][name]["messages"]
    ]
    assert sorted(carried) == sorted(asyncapi["components"]["schemas"]["Step"]["enum"])


@every_message
def test_a_message_has_examples_and_each_is_valid(
    name: str, asyncapi: dict[str, Any], valid: Check
) -> None:
    message = asyncapi["components"]["messages"][name]
    assert message["examples"]
    for example in message["examples"]:
        valid(asyncapi, message["payload"], example["payload"])
        if "headers" in example:
            valid(asyncapi, message["headers"], example["headers"])


@our_messages
def test_a_message_of_ours_says_what_began_it(
    name: str, asyncapi: dict[str, Any], resolver: Resolve
) -> None:
    payload = flat(asyncapi, asyncapi["components"]["messages"][name]["payload"], resolver)
    assert "correlationId" in payload["required"]


@versioned_messages
def test_a_message_that_graphql_does_not_type_says_its_version(
    name: str, asyncapi: dict[str, Any], resolver: Resolve
) -> None:
    payload = flat(asyncapi, asyncapi["components"]["messages"][name]["payload"], resolver)
    assert "schemaVersion" in payload["required"]


@our_messages
def test_a_message_of_ours_holds_no_personal_data(
    name: str, asyncapi: dict[str, Any], resolver: Resolve
) -> None:
    payload = flat(asyncapi, asyncapi["components"]["messages"][name]["payload"], resolver)
    allowed = {
        "schemaVersion", "kind", "orderId", "step", "correlationId", "reference",
        "retryCount", "from", "to", "at", "alert", "version",
        "customerId", "status", "previousStatus",
    }  # fmt: skip
    assert set(payload["properties"]) <= allowed


def test_to_settle_a_payment_is_to_name_its_reference(
    asyncapi: dict[str, Any], resolver: Resolve
) -> None:
    payload = asyncapi["components"]["messages"]["settle"]["payload"]
    assert "reference" in flat(asyncapi, payload, resolver)["required"]


@pytest.mark.parametrize("step", list(Step))
def test_what_larder_puts_on_a_queue_is_what_the_contract_says(
    step: Step, asyncapi: dict[str, Any], valid: Check
) -> None:
    reference = (
        "ldr-5f0c7c0e6f0e5b839a520d1c4a4a9f11-1" if step in (Step.SETTLE, Step.REFUND) else None
    )
    order = "5f0c7c0e-6f0e-5b83-9a52-0d1c4a4a9f11"
    work = Work(order, step, 4, "4b1f0c5e9d7a4f2c", reference, retry_count=1)
    payload = asyncapi["components"]["messages"][step.value]["payload"]
    valid(asyncapi, payload, json.loads(to_json(work)))


@pytest.mark.parametrize("step", list(Step))
def test_larder_reads_what_the_contract_gives_as_an_example(
    step: Step, asyncapi: dict[str, Any]
) -> None:
    for example in asyncapi["components"]["messages"][step.value]["examples"]:
        assert json.loads(to_json(from_json(json.dumps(example["payload"])))) == example["payload"]


def test_a_work_message_refuses_what_it_does_not_know(
    asyncapi: dict[str, Any], valid: Check
) -> None:
    message = asyncapi["components"]["messages"]["parse"]
    stray = {**message["examples"][0]["payload"], "customerEmail": "a@b.example.com"}
    with pytest.raises(AssertionError):
        valid(asyncapi, message["payload"], stray)
