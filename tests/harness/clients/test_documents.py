import pytest

from harness.clients.documents import document_for, read
from harness.sdl import build_schema

SDL = """
type Query { order(id: ID!): Order, any: Thing, orders(first: Int = 20): [Order!] }
type Mutation { submit(list: String!, note: String): Order }
type Subscription { onOrder(customer: ID!): Order }
type Order { id: ID!, total: Money, lines: [Line!], customer: Customer, priced(in: String!): Int }
type Money { amount: Int, currency: String }
type Line { name: String, order: Order }
type Customer { name: String, orders: [Order] }
union Thing = Line | Money
"""


def test_a_document_is_called_by_its_kind_and_fields() -> None:
    assert read("mutation M { submit(list: $l) { id } again: submit { id } }").name == (
        "mutation submit submit"
    )
    assert read("{ order(id: 1) { id } }").name == "query order"


def test_of_several_operations_the_named_one_counts() -> None:
    text = "query A { orders { id } } mutation B { submit { id } }"
    assert read(text, "B").name == "mutation submit"
    assert read(text).name == "query orders"


@pytest.mark.parametrize("text", ["", "nonsense {", "}}"])
def test_what_does_not_parse_is_only_counted(text: str) -> None:
    seen = read(text)
    assert (seen.name, seen.shown) == ("graphql", f"<no document, {len(text)} characters>")


def test_values_in_a_document_are_not_shown() -> None:
    seen = read('{ order(id: "o-1", n: 42, x: 1.5, l: ["secret"], b: """long""") { id } }')
    for value in ("o-1", "42", "1.5", "secret", "long"):
        assert value not in seen.shown
    assert "order(id:" in seen.shown


def test_a_field_is_asked_for_with_all_that_it_can_show() -> None:
    document = document_for(build_schema(SDL), "submit")
    assert document == (
        "mutation submit($list: String!, $note: String) { submit(list: $list, note: $note) "
        "{ id total { amount currency } lines { name } customer { name } } }"
    )


def test_a_field_without_arguments_and_of_many_types() -> None:
    assert document_for(build_schema(SDL), "any") == (
        "query any { any { __typename ... on Line { name order { id total { amount currency } "
        "customer { name } } } ... on Money { amount currency } } }"
    )


def test_a_subscriptions_field_too() -> None:
    assert document_for(build_schema(SDL), "onOrder").startswith(
        "subscription onOrder($customer: ID!) { onOrder(customer: $customer) {"
    )


def test_a_field_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        document_for(build_schema(SDL), "nothing")
