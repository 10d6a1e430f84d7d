"""The REST contract is whole, strict, and says the same thing everywhere."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

Json = Any
Check = Callable[[dict[str, Any], Json, Json], None]
Resolve = Callable[[dict[str, Any], Json], Json]
Walk = Callable[[Json], Iterator[tuple[str, dict[str, Any]]]]

METHODS = {"get", "put", "post", "delete", "patch"}
DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "contracts" / "openapi.yaml").read_text())
OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for method, operation in item.items()
    if method in METHODS
}
every_operation = pytest.mark.parametrize("name", OPERATIONS)


def with_examples(node: Json) -> list[Json]:
    """The example values of a parameter, a header or a media type."""
    values = [example["value"] for example in node.get("examples", {}).values()]
    return values + ([node["example"]] if "example" in node else [])


def test_it_is_an_openapi_document(openapi: dict[str, Any], openapi_meta: dict[str, Any]) -> None:
    errors = [
        f"{e.instance_path}: {e.message}"
        for e in jsonschema_rs.Draft202012Validator(openapi_meta).iter_errors(openapi)
    ]
    assert not errors


def test_it_promises_these_operations() -> None:
    assert set(OPERATIONS) == {
        "submitGroceryList",
        "listProducts",
        "listOrders",
        "getOrder",
        "requestPaymentLink",
        "receivePaystackEvent",
        "getHealth",
    }


def test_every_reference_leads_somewhere(
    openapi: dict[str, Any], walker: Walk, resolver: Resolve
) -> None:
    for pointer, node in walker(openapi):
        assert resolver(openapi, node) is not None, pointer


@every_operation
def test_an_operation_says_how_it_succeeds_and_how_it_refuses(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    statuses = set(OPERATIONS[name]["responses"])
    assert any(status.startswith("2") for status in statuses)
    assert any(status.startswith("4") for status in statuses)
    assert "500" not in statuses
    assert "default" not in statuses


@every_operation
def test_every_body_has_examples_and_each_is_valid(
    name: str, openapi: dict[str, Any], resolver: Resolve, valid: Check
) -> None:
    operation = OPERATIONS[name]
    bodies = [resolver(openapi, r) for r in operation["responses"].values()]
    bodies += [operation["requestBody"]] if "requestBody" in operation else []
    for body in bodies:
        for media in body["content"].values():
            values = with_examples(media)
            assert values, body.get("description")
            for value in values:
                valid(openapi, media["schema"], value)


@every_operation
def test_every_example_of_a_parameter_and_a_header_is_valid(
    name: str, openapi: dict[str, Any], resolver: Resolve, valid: Check
) -> None:
    operation = OPERATIONS[name]
    nodes = list(operation.get("parameters", []))
    for response in operation["responses"].values():
        nodes += resolver(openapi, response).get("headers", {}).values()
    for node in (resolver(openapi, n) for n in nodes):
        for value in with_examples(node):
            valid(openapi, node["schema"], value)


@every_operation
def test_every_refusal_is_a_problem_of_named_types(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    for status, response in OPERATIONS[name]["responses"].items():
        if status.startswith("2"):
            continue
        schema = resolver(
            openapi, resolver(openapi, response)["content"]["application/problem+json"]["schema"]
        )
        narrowed = schema["allOf"][1]["properties"]
        kinds = narrowed["type"].get("enum") or [narrowed["type"]["const"]]
        assert all(kind.startswith("https://larder.example/problems/") for kind in kinds)
        assert narrowed["status"] == {"const": int(status)}


@every_operation
def test_a_limited_operation_tells_the_limit_in_every_answer_to_a_known_customer(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    operation = OPERATIONS[name]
    limit = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    answers = {s: resolver(openapi, r) for s, r in operation["responses"].items()}
    if not operation.get("x-rate-limited"):
        assert "429" not in answers
        return
    assert "Retry-After" in answers["429"]["headers"]
    for status, answer in answers.items():
        if status not in {"401", "503"}:
            assert limit <= set(answer["headers"]), status


@every_operation
def test_only_a_fault_makes_larder_unavailable_and_it_says_when_to_come_back(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    for status, response in OPERATIONS[name]["responses"].items():
        answer = resolver(openapi, response)
        assert bool(answer.get("x-only-under-fault")) == status.startswith("5")
        if status.startswith("5"):
            assert "Retry-After" in answer["headers"]


@every_operation
def test_an_idempotent_operation_requires_its_key(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    operation = OPERATIONS[name]
    parameters = [resolver(openapi, p) for p in operation.get("parameters", [])]
    keys = [p for p in parameters if p["name"] == "Idempotency-Key"]
    assert bool(keys) == bool(operation.get("x-idempotent"))
    assert all(key["required"] and key["x-fresh-per-request"] for key in keys)


@every_operation
def test_what_names_an_order_in_its_path_belongs_to_someone_and_may_not_exist(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    operation = OPERATIONS[name]
    parameters = [resolver(openapi, p) for p in operation.get("parameters", [])]
    if any(p["in"] == "path" for p in parameters):
        assert operation["x-owned-by"] == "sub"
        assert "404" in operation["responses"]


@every_operation
def test_links_lead_to_operations_that_take_what_they_give(
    name: str, openapi: dict[str, Any], resolver: Resolve
) -> None:
    for response in OPERATIONS[name]["responses"].values():
        for link in resolver(openapi, response).get("links", {}).values():
            target = OPERATIONS[link["operationId"]]
            takes = {
                f"{p['in']}.{p['name']}"
                for p in (resolver(openapi, p) for p in target["parameters"])
            }
            assert set(link["parameters"]) <= takes


def test_every_operation_but_health_is_part_of_a_sequence() -> None:
    leading = {
        name
        for name, operation in OPERATIONS.items()
        if any("links" in response for response in operation["responses"].values())
    }
    assert leading == set(OPERATIONS) - {"getHealth"}


def test_every_string_has_a_size_and_a_class(openapi: dict[str, Any], walker: Walk) -> None:
    for pointer, node in walker(openapi):
        if node.get("type") != "string" or "enum" in node or "const" in node:
            continue
        assert "maxLength" in node, pointer
        assert "pattern" in node, pointer


def test_every_list_has_a_size(openapi: dict[str, Any], walker: Walk) -> None:
    for pointer, node in walker(openapi):
        if node.get("type") == "array":
            assert "maxItems" in node, pointer


def test_every_pattern_means_the_same_in_every_dialect(
    openapi: dict[str, Any], walker: Walk
) -> None:
    patterns = {
        node["pattern"]: pointer
        for pointer, node in walker(openapi)
        if isinstance(node.get("pattern"), str)
    }
    assert patterns
    for pattern, pointer in patterns.items():
        # Look-around is missing in linear-time dialects; \d and \w mean more in some than others.
        assert not re.search(r"\(\?[=!<]|\\[dwDW]", pattern), pointer
        re.compile(pattern)
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )


def test_every_object_is_closed_but_the_providers(openapi: dict[str, Any], walker: Walk) -> None:
    for pointer, node in walker(openapi["components"]["schemas"]):
        if node.get("type") != "object" or "PaystackEvent" in pointer or "/allOf/" in pointer:
            continue
        assert node.get("additionalProperties") is False, pointer


def test_the_longest_list_fits_the_longest_body_however_it_is_escaped(
    openapi: dict[str, Any],
) -> None:
    fields = openapi["components"]["schemas"]["GroceryListSubmission"]["properties"]
    longest = json.dumps(
        {
            "customerEmail": "a" * fields["customerEmail"]["maxLength"],
            "groceryList": "½" * fields["groceryList"]["maxLength"],
        },
        indent=4,
    )
    most = OPERATIONS["submitGroceryList"]["requestBody"]["x-max-body-bytes"]
    assert len(longest.encode()) <= most


@pytest.mark.parametrize(
    "text", ["1 kg rice", "½ kg ẹ̀fọ́\n2 × eggs – “large”", "₦500 of pepper", "ɓawo\tƙ"]
)
def test_a_list_may_be_written_as_nigerians_write(
    text: str, openapi: dict[str, Any], valid: Check
) -> None:
    body = {"customerEmail": "a@b.example.com", "groceryList": text}
    valid(openapi, openapi["components"]["schemas"]["GroceryListSubmission"], body)


@pytest.mark.parametrize(
    "text", ["", " rice", "ri\x00ce", "rice\x1b[2J", "ri\u200bce", "\u202erice"]
)
def test_a_list_with_nothing_to_read_or_with_hidden_characters_is_refused(
    text: str, openapi: dict[str, Any], valid: Check
) -> None:
    body = {"customerEmail": "a@b.example.com", "groceryList": text}
    with pytest.raises(AssertionError):
        valid(openapi, openapi["components"]["schemas"]["GroceryListSubmission"], body)
