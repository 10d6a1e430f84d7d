from typing import Any

from graphql import GraphQLInputType, parse_type, type_from_ast

from harness.engine.contract.graphql.edges import edges
from harness.engine.contract.graphql.values import Place
from harness.sdl import build_schema

SCHEMA = build_schema(
    "type Query { a(m: Mood, n: New): Int } enum Mood { GLAD } input New { a: Int }"
)


def expected(text: str, description: str = "", good: Any = None) -> dict[str, str]:
    kind: GraphQLInputType = type_from_ast(SCHEMA, parse_type(text))  # type: ignore[assignment]
    place = Place("Query.a", "x", kind, description)
    return {e.what: e.expected for e in edges(place, good)}


def test_a_texts_own_ends_are_accepted_and_what_is_beyond_them_refused() -> None:
    found = expected("String!", "Size: 2 to 5 characters. Pattern: ^[a-c]+$", "abc")
    assert found["a text of 2"] == found["a text of 5"] == "accepted"
    assert found["a text of 6"] == found["null"] == found["a number"] == "refused"
    assert found["the text ''"] == "refused"


def test_of_a_text_that_nothing_is_promised_of_everything_may_be_made() -> None:
    found = expected("String")
    assert found["null"] == found["a text of 20000"] == found["the text ''"] == "lawful"
    assert found["an object"] == "refused"


def test_a_number_has_its_range_and_never_more_than_32_bits() -> None:
    found = expected("Int", "Size: 1 to 50.")
    assert [w for w, e in found.items() if e == "accepted"] == ["the number 1", "the number 50"]
    for beyond in ("the number 0", "the number 51", "a number beyond 32 bits", "a fraction"):
        assert found[beyond] == "refused"


def test_an_enum_has_its_values_alone() -> None:
    assert expected("Mood!")["a value that its enum lacks"] == "refused"


def test_an_object_is_no_text() -> None:
    assert expected("New!") == {"null": "refused", "a text": "refused"}
