"""What descriptions promise in words that GraphQL's types have none for."""

import pytest
from graphql import GraphQLInputType, parse_type, type_from_ast

from harness.sdl import build_schema
from harness.specs.graphql import promises_of
from harness.specs.promises import promised

SCHEMA = build_schema("type Query { a(m: Mood, i: ID, f: Float): Int } enum Mood { GLAD }")


def kind(text: str) -> GraphQLInputType:
    return type_from_ast(SCHEMA, parse_type(text))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "description", "schema"),
    [
        ("String!", "Size: 6 to 254 characters.", {"type": "string", "minLength": 6,
                                                  "maxLength": 254}),
        ("ID", "One's own. Pattern: ^[a-z]+$", {"type": "string", "pattern": "^[a-z]+$"}),
        ("Int", "Null means 20. Size: 1 to 50.", {"type": "integer", "minimum": 1, "maximum": 50}),
        ("Float", None, {"type": "number"}),
        ("[String!]!", "Size: 1 to 5.", {"type": "array"}),
        ("Mood", "Size: 1 to 5.", {}),
    ],
)  # fmt: skip
def test_sizes_and_patterns_are_of_the_type_that_they_describe(
    text: str, description: str | None, schema: dict[str, object]
) -> None:
    assert promised(kind(text), description) == schema


@pytest.mark.parametrize(
    ("description", "promises"),
    [
        ("One. Errors: NOT_FOUND, `LATE`.", {"errors": ("NOT_FOUND", "LATE")}),
        ("Errors: A,\n  B.\nUnder fault: B.", {"errors": ("A", "B"), "under fault": ("B",)}),
        ("Errors: none.", {"errors": ()}),
        ("Errors: A\n\nMore about B.", {"errors": ("A",)}),
        ("It has no errors to speak of.", {}),
    ],
)
def test_the_errors_of_a_field_stand_in_its_description(
    description: str, promises: dict[str, tuple[str, ...]]
) -> None:
    assert promises_of(description) == promises
