"""A message is held against its event contract: what is wrong with it is told by kind."""

from pathlib import Path

import pytest

from harness.model import Json
from harness.specs import MessageContract, load_document, read_asyncapi

CONTRACT = """
asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels:
  work:
    address: '{queueUrl}'
    x-stack-output: WorkQueueUrl
    x-dead-letters: dead
    messages:
      pay: {$ref: '#/components/messages/pay'}
      tell: {$ref: '#/components/messages/tell'}
  dead:
    address: '{queueUrl}'
    x-stack-output: DeadQueueUrl
    messages:
      unreadable:
        headers: {type: object, properties: {reason: {const: malformed}}, required: [reason]}
        payload: {description: anything}
  hook:
    address: /hooks/bank
    messages:
      paid: {payload: {type: object}}
operations:
  take: {action: receive, channel: {$ref: '#/channels/work'}}
components:
  schemas:
    Work:
      type: object
      required: [schemaVersion, correlationId, orderId]
      additionalProperties: false
      properties:
        schemaVersion: {type: string, enum: ['1.0', '1.1']}
        correlationId: {type: string, minLength: 4}
        orderId: {type: string}
        kind: {type: string, enum: [pay, tell]}
        note: {type: string}
        to: {type: string, x-personal: true}
  messages:
    pay:
      payload: {allOf: [{$ref: '#/components/schemas/Work'}, {properties: {kind: {const: pay}}}]}
    tell:
      payload:
        allOf:
          - {$ref: '#/components/schemas/Work'}
          - {properties: {kind: {const: tell}}, required: [to]}
"""

WORK: dict[str, Json] = {
    "schemaVersion": "1.0", "correlationId": "abcd", "orderId": "o1", "kind": "pay",
}  # fmt: skip


@pytest.fixture
def contract(tmp_path: Path) -> MessageContract:
    (tmp_path / "events.yaml").write_text(CONTRACT)
    return MessageContract(read_asyncapi(load_document(tmp_path, "events.yaml")))


def flaws(contract: MessageContract, body: Json) -> list[tuple[str, str]]:
    return [(f.kind, f.told) for f in contract.judge("work", body).flaws]


def test_a_message_that_keeps_the_contract_has_no_flaw(contract: MessageContract) -> None:
    assert flaws(contract, WORK) == []


def test_of_several_messages_the_nearest_is_meant(contract: MessageContract) -> None:
    assert contract.judge("work", {**WORK, "kind": "tell"}).message == "tell"
    assert contract.judge("work", {**WORK, "kind": "pay", "note": 7}).message == "pay"


@pytest.mark.parametrize(
    ("changed", "kind", "told"),
    [
        ({"schemaVersion": None}, "version", "the body has no schemaVersion"),
        ({"correlationId": None}, "correlation id", "the body has no correlationId"),
        ({"orderId": None}, "schema", "no orderId"),
        ({"note": 7}, "schema", "note breaks type"),
        ({"schemaVersion": "9"}, "schema", "schemaVersion breaks enum"),
        ({"extra": 1}, "schema", "additionalProperties"),
        ({"note": "write to ada@example.com"}, "personal data", "note isn't marked x-personal"),
        ({"note": "call +234 803 555 0100"}, "personal data", "note isn't marked x-personal"),
    ],
)
def test_a_flaw_is_told_by_its_kind(
    contract: MessageContract, changed: dict[str, Json], kind: str, told: str
) -> None:
    body = {k: v for k, v in {**WORK, **changed}.items() if v is not None}
    assert any(k == kind and told in t for k, t in flaws(contract, body))


def test_what_is_wrong_is_told_without_what_was_said(contract: MessageContract) -> None:
    body = {**WORK, "note": "ada@example.com", "orderId": {"secret": "sesame"}}
    told = str(flaws(contract, body))
    assert "ada" not in told
    assert "sesame" not in told


def test_personal_data_may_stand_where_the_contract_has_it(contract: MessageContract) -> None:
    body = {**WORK, "kind": "tell", "to": "ada@example.com"}
    assert flaws(contract, body) == []


@pytest.mark.parametrize("body", ["text", None, 7, [], [WORK]])
def test_a_body_that_is_no_object_breaks_the_schema(contract: MessageContract, body: Json) -> None:
    assert flaws(contract, body)[0][0] == "schema"


def test_headers_tell_messages_apart(contract: MessageContract) -> None:
    assert contract.judge("dead", "rubbish", {"reason": "malformed"}).flaws == ()
    [flaw] = contract.judge("dead", "rubbish", {"reason": "exhausted"}).flaws
    assert flaw.told == "its headers aren't those of unreadable"


def test_addresses_are_outputs_and_paths(contract: MessageContract) -> None:
    assert contract.by_output == {"WorkQueueUrl": "work", "DeadQueueUrl": "dead"}
    assert contract.by_path == {"/hooks/bank": "hook"}
    assert contract.dead_letters == {"work": "dead"}
