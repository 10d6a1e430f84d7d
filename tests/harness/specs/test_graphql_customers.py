"""Whom a field is for depends on how this application's customers prove who they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.sdl import Mode
from harness.specs import GraphQl, read_graphql

SCHEMA = """
type Query { a: Int  b: Int @aws_api_key  c: Int @aws_iam  d: Int @aws_api_key @aws_iam }
"""


@pytest.fixture
def api(tmp_path: Path) -> GraphQl:
    (tmp_path / "api.graphql").write_text(SCHEMA)
    return read_graphql(tmp_path, "api.graphql")


@pytest.mark.parametrize(
    ("customers", "theirs"),
    [
        ([], {"a"}),
        ([Mode.API_KEY], {"a", "b", "d"}),
        ([Mode.IAM], {"a", "c", "d"}),
    ],
)
def test_a_key_or_an_aws_identity_is_a_systems_unless_customers_have_it(
    api: GraphQl, customers: list[Mode], theirs: set[str]
) -> None:
    asked = replace(api, customers=frozenset(customers))
    assert {field.name for field in asked.fields if not field.for_systems} == theirs
