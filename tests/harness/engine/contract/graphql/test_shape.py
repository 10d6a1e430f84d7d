from typing import Any

import pytest
from graphql import parse

from harness.engine.contract.graphql.shape import Shape, generic
from harness.sdl import build_schema

SCHEMA = build_schema("""
type Query { pet(n: Int): Pet, pets: [Pet!]!, dog: Dog, mood: Mood, at: AWSDateTime, on: Boolean }
interface Pet { name: String! }
type Dog implements Pet { name: String!, barks: Int }
type Cat implements Pet { name: String!, lives: Int! }
enum Mood { GLAD CROSS }
""")


def flaws(document: str, data: Any, **variables: Any) -> list[str]:
    return [str(f) for f in Shape(SCHEMA, parse(document), variables).flaws(data)]


@pytest.mark.parametrize(
    ("document", "data"),
    [
        ("{ dog { name barks } }", {"dog": {"name": "Rex", "barks": None}}),
        ("{ dog { name } }", {"dog": None}),
        ("{ a: mood b: mood }", {"a": "GLAD", "b": None}),
        ("{ pets { __typename ... on Cat { lives } ... on Dog { barks } } }",
         {"pets": [{"__typename": "Cat", "lives": 9}, {"__typename": "Dog", "barks": 3}]}),
        ("{ pet { name ...Cats } } fragment Cats on Cat { lives }", {"pet": {"name": "Tom",
         "lives": 9}}),
        ("{ dog { name barks @skip(if: true) } }", {"dog": {"name": "Rex"}}),
        ("query ($b: Boolean!) { dog { name barks @include(if: $b) } }", {"dog": {"name": "Rex"}}),
        ("{ at on __typename }", {"at": "2026-01-02T03:04:05Z", "on": True,
                                  "__typename": "Query"}),
    ],
)  # fmt: skip
def test_data_as_promised_has_no_flaw(document: str, data: Any) -> None:
    assert flaws(document, data, b=False) == []


@pytest.mark.parametrize(
    ("document", "data", "said"),
    [
        ("{ dog { name } }", {"dog": {"name": None}}, "dog.name: is null where String! is"),
        ("{ dog { name } }", {"dog": {}}, "dog.name: was asked for and is missing"),
        ("{ dog { name } }", {"dog": {"name": "Rex", "barks": 1}}, "dog.barks: was not asked for"),
        ("{ dog { barks } }", {"dog": {"barks": "loud"}}, "dog.barks: 'loud' is no Int"),
        ("{ dog { barks } }", {"dog": {"barks": 2**31}}, "dog.barks: 2147483648 is no Int"),
        ("{ dog { barks } }", {"dog": {"barks": True}}, "dog.barks: True is no Int"),
        ("{ dog { name } }", {"dog": []}, "dog: [] where Dog is promised"),
        ("{ mood }", {"mood": "SAD"}, "mood: 'SAD' is no Mood"),
        ("{ at }", {"at": "yesterday"}, "at: 'yesterday' is no AWSDateTime"),
        ("{ pets { name } }", {"pets": [{"name": "Tom"}, None]}, "pets[1]: is null where Pet! is"),
        ("{ pets { name } }", {"pets": None}, "pets: is null where [Pet!]! is promised"),
        ("{ pet { __typename } }", {"pet": {"__typename": "Fish"}}, "pet: 'Fish' is no type of"),
        ("{ pet { __typename ... on Cat { lives } } }", {"pet": {"__typename": "Dog", "lives": 9}},
         "pet.lives: was not asked for"),
    ],
)  # fmt: skip
def test_data_off_its_schema_is_told_with_its_place(document: str, data: Any, said: str) -> None:
    (flaw,) = flaws(document, data)
    assert flaw.startswith(said)


def test_the_same_flaw_at_two_positions_is_the_same_finding() -> None:
    assert generic(("pets", 0, "name")) == generic(("pets", 7, "name")) == "pets[].name"
