"""What a consumer is tried with: each variant differs in one way, and is what it says it is."""

import json
from pathlib import Path

import pytest

from harness.engine.events.variants import Variant, variants
from harness.specs import Judge, MessageContract, load_document, read_asyncapi
from tests.harness.specs.test_messages import CONTRACT, WORK

MARK = "0123456789abcdef"


@pytest.fixture
def pay(tmp_path: Path) -> Judge:
    (tmp_path / "events.yaml").write_text(CONTRACT)
    contract = MessageContract(read_asyncapi(load_document(tmp_path, "events.yaml")))
    return contract.of_channel["work"][0]


def made(judge: Judge) -> dict[str, Variant]:
    return {v.told: v for v in variants(judge, {**WORK, "note": "soon"}, mark=MARK)}


def test_each_is_valid_or_not_as_it_says(pay: Judge) -> None:
    for variant in made(pay).values():
        assert pay.valid(variant.body) is variant.valid, variant.told


def test_what_is_allowed_and_never_sent_is_among_them(pay: Judge) -> None:
    allowed = {told for told, v in made(pay).items() if v.valid}
    assert {"without kind", "without note", "schemaVersion 1.1"} <= allowed


def test_what_is_forbidden_is_among_them(pay: Judge) -> None:
    forbidden = {told for told, v in made(pay).items() if not v.valid}
    assert {
        "without correlationId", "without orderId", "without schemaVersion",
        "schemaVersion of another type", "no JSON at all", "none of its fields",
    } <= forbidden  # fmt: skip


def test_all_are_about_the_same_entity_and_marked_as_ours(pay: Judge) -> None:
    bodies = [v.body for v in made(pay).values() if isinstance(v.body, dict)]
    assert all(b.get("orderId", "o1") == "o1" for b in bodies if "mark" not in b)
    assert all(b.get("correlationId", MARK) in (MARK, 17) for b in bodies)


def test_a_text_is_sent_as_it_is(pay: Judge) -> None:
    assert made(pay)["no JSON at all"].text.startswith("not even JSON")
    assert json.loads(made(pay)["without note"].text) == made(pay)["without note"].body


def test_a_new_field_is_tried_where_the_contract_is_open(pay: Judge, tmp_path: Path) -> None:
    (tmp_path / "open.yaml").write_text(CONTRACT.replace("additionalProperties: false", ""))
    contract = MessageContract(read_asyncapi(load_document(tmp_path, "open.yaml")))
    told = made(contract.of_channel["work"][0])
    assert told["with a field that a newer producer adds"].valid
    assert "with a field that a newer producer adds" not in made(pay)
