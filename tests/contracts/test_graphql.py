"""The GraphQL contract says as much as the REST contract does, and the same."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from harness.targets.appsync.schema import build, subscriptions_of

CONTRACTS = Path(__file__).parents[2] / "contracts"
SCHEMA: GraphQLSchema = build(
    (CONTRACTS / "schema.graphql").read_text(), lambda *_: lambda *_, **__: None
)
REST: dict[str, Any] = yaml.safe_load((CONTRACTS / "openapi.yaml").read_text())
SCHEMAS = REST["components"]["schemas"]
OWN = [
    kind
    for name, kind in SCHEMA.type_map.items()
    if not name.startswith(("__", "AWS")) and hasattr(kind, "ast_node") and kind.ast_node
]
ROOTS = ("Query", "Mutation", "Subscription")
FIELDS = {
    f"{kind.name}.{name}": field
    for kind in OWN
    if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType)
    for name, field in kind.fields.items()
}
ARGUMENTS = {
    f"{where}({name})": argument
    for where, field in FIELDS.items()
    if isinstance(field, GraphQLField)
    for name, argument in field.args.items()
}
REST_ONLY = {
    "malformed-json": "a document that doesn't parse is AppSync's to refuse",
    "unsupported-media-type": "as above",
    "payload-too-large": "as above; the arguments have sizes of their own",
    "invalid-body": "every input is an argument: INVALID_PARAMETER",
    "invalid-signature": "the provider's webhook has no second door",
}
NOT_IN_REST = {
    "UNAUTHORIZED": "a subscription names a customer; no path does",
    "INTERNAL_ERROR": "never lawful, so REST documents no 500",
}


def pattern_of(argument: GraphQLArgument) -> str:
    found = re.search(r"Pattern:\s+(\^\S+\$)", argument.description or "")
    assert found, argument.description
    return found[1]


def problems() -> set[str]:
    return set(re.findall(r"larder\.example/problems/([a-z-]+)", yaml.safe_dump(REST)))


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.name)
def test_a_type_is_described(kind: Any) -> None:
    assert kind.name in ROOTS or kind.description


@pytest.mark.parametrize("where", [*FIELDS, *ARGUMENTS])
def test_a_field_and_an_argument_are_described(where: str) -> None:
    assert {**FIELDS, **ARGUMENTS}[where].description


@pytest.mark.parametrize("kind", [k for k in OWN if isinstance(k, GraphQLEnumType)], ids=str)
def test_a_value_of_an_enum_is_described(kind: GraphQLEnumType) -> None:
    assert all(value.description for value in kind.values.values())


@pytest.mark.parametrize("where", [w for w, f in FIELDS.items() if is_list_type(f.type) or (
    is_non_null_type(f.type) and is_list_type(f.type.of_type))])  # fmt: skip
def test_a_list_says_how_long_it_may_be(where: str) -> None:
    assert re.search(r"At most \d+|At most as many as `first`", FIELDS[where].description or "")


@pytest.mark.parametrize(
    "where", [w for w, f in FIELDS.items() if get_named_type(f.type).name == "ID"]
)
def test_an_id_is_never_null(where: str) -> None:
    assert is_non_null_type(FIELDS[where].type)


def test_what_a_customer_changes_takes_a_key_that_makes_repeats_harmless() -> None:
    for name in ("submitGroceryList", "requestPaymentLink"):
        key = FIELDS[f"Mutation.{name}"].args["idempotencyKey"]
        assert is_non_null_type(key.type)
        assert (
            pattern_of(key)
            == REST["components"]["parameters"]["IdempotencyKey"]["schema"]["pattern"]
        )


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_a_field_that_fails_takes_no_other_with_it(root: str) -> None:
    assert not [n for n, f in SCHEMA.type_map[root].fields.items() if is_non_null_type(f.type)]


@pytest.mark.parametrize(
    ("where", "rest"),
    [
        ("Mutation.submitGroceryList(customerEmail)",
         SCHEMAS["GroceryListSubmission"]["properties"]["customerEmail"]),
        ("Mutation.submitGroceryList(groceryList)",
         SCHEMAS["GroceryListSubmission"]["properties"]["groceryList"]),
    ],
)  # fmt: skip
def test_an_argument_is_held_to_rests_rules(where: str, rest: dict[str, Any]) -> None:
    assert pattern_of(ARGUMENTS[where]) == rest["pattern"]
    assert f"Size: {rest['minLength']} to {rest['maxLength']} characters" in (
        ARGUMENTS[where].description or ""
    )


@pytest.mark.parametrize(
    ("where", "rest"),
    [
        ("Query.order(orderId)", "OrderId"),
        ("Mutation.requestPaymentLink(orderId)", "OrderId"),
        ("Query.orders(after)", "OrderCursor"),
        ("Query.products(after)", "ProductId"),
    ],
)
def test_an_id_or_a_cursor_is_rests(where: str, rest: str) -> None:
    assert pattern_of(ARGUMENTS[where]) == SCHEMAS[rest]["pattern"]


@pytest.mark.parametrize(
    ("where", "operation"),
    [("Query.orders(first)", "orders"), ("Query.products(first)", "products")],
)
def test_a_page_is_as_long_as_rests(where: str, operation: str) -> None:
    given = REST["paths"][f"/v1/{operation}"]["get"]["parameters"]
    limit = next(each["schema"] for each in given if each.get("name") == "limit")
    assert f"Size: {limit['minimum']} to {limit['maximum']}." in (
        ARGUMENTS[where].description or ""
    )
    assert ARGUMENTS[where].ast_node.default_value.value == str(limit["default"])


@pytest.mark.parametrize("name", ["Order", "OrderSummary", "Item", "Line", "Payment", "Product"])
def test_a_type_has_the_fields_of_rests_schema(name: str) -> None:
    assert set(SCHEMA.type_map[name].fields) == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", ["Order", "OrderSummary", "Item", "Line", "Payment", "Product"])
def test_what_rest_requires_is_never_null(name: str) -> None:
    fields = SCHEMA.type_map[name].fields
    assert {n for n, f in fields.items() if is_non_null_type(f.type)} == set(
        SCHEMAS[name]["required"]
    )


@pytest.mark.parametrize("name", ["OrderStatus", "ProductType"])
def test_an_enum_has_rests_values(name: str) -> None:
    assert set(SCHEMA.type_map[name].values) == set(SCHEMAS[name]["enum"])


def test_the_types_of_errors_are_rests_kinds_of_problem() -> None:
    shared = {slug.replace("-", "_").upper() for slug in problems() - set(REST_ONLY)}
    assert set(SCHEMA.type_map["ErrorType"].values) == shared | set(NOT_IN_REST)


def test_only_larders_own_functions_may_publish() -> None:
    publishing = SCHEMA.mutation_type.fields["publishOrderUpdate"].ast_node.directives
    assert [d.name.value for d in publishing] == ["aws_iam"]


def test_the_update_is_readable_by_who_publishes_and_who_subscribes() -> None:
    modes = {d.name.value for d in SCHEMA.type_map["OrderUpdate"].ast_node.directives}
    assert modes == {"aws_iam", "aws_lambda"}


def test_the_subscription_is_fed_by_what_is_published() -> None:
    assert subscriptions_of(SCHEMA) == {"publishOrderUpdate": ("onOrderUpdated",)}


def test_the_update_is_the_message_of_the_message_contract() -> None:
    messages = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text())
    told = messages["components"]["schemas"]["OrderUpdate"]["properties"]
    assert set(SCHEMA.type_map["OrderUpdate"].fields) == set(told)
    assert set(SCHEMA.type_map["OrderUpdateInput"].fields) == set(told)


def test_every_error_that_a_field_names_is_one_of_the_enum_and_every_one_is_named() -> None:
    named = {
        code
        for where, field in FIELDS.items()
        if where.split(".")[0] in ROOTS
        for code in re.findall(r"[A-Z]+(?:_[A-Z]+)*", "".join(
            re.findall(r"Errors:([^.]*)\.", field.description or "")
        ))
    }  # fmt: skip
    assert named == set(SCHEMA.type_map["ErrorType"].values) - {"INTERNAL_ERROR"}
