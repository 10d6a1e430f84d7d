"""Schemas that AppSync takes, and those it doesn't."""

from typing import Any

import pytest
from graphql import GraphQLSchema, print_schema

from harness.sdl import Mode, access_of
from harness.targets.appsync import AppSyncError
from harness.targets.appsync.schema import build, check_fields, subscriptions_of


def built(sdl: str) -> GraphQLSchema:
    def nothing(*_: Any) -> Any:
        return lambda *_: None

    return build(sdl, nothing)


def test_fields_are_for_their_own_modes_else_their_types_else_the_default() -> None:
    schema = built(
        "type Query { a: T, b: Int @aws_oidc }"
        "type T @aws_iam @aws_lambda { own: Int @aws_api_key, inherited: Int }"
    )
    access = access_of(schema, Mode.OIDC)
    assert access["Query", "a"] == {Mode.OIDC}
    assert access["Query", "b"] == {Mode.OIDC}
    assert access["T", "own"] == {Mode.API_KEY}
    assert access["T", "inherited"] == {Mode.IAM, Mode.LAMBDA}


def test_a_schema_may_declare_appsyncs_own_directives_and_scalars() -> None:
    schema = built(
        "scalar AWSDate directive @aws_iam on OBJECT | FIELD_DEFINITION"
        " type Query { on: AWSDate @aws_iam }"
    )
    assert "on: AWSDate" in print_schema(schema)


def test_mutations_know_whom_they_feed() -> None:
    schema = built(
        "type Query { a: Int } type Mutation { put: Int cut: Int! }"
        'type Subscription { one: Int @aws_subscribe(mutations: ["put", "cut"])'
        ' two: Int @aws_subscribe(mutations: ["put"]) }'
    )
    assert subscriptions_of(schema) == {"put": ("one", "two"), "cut": ("one",)}


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ('x: Int @aws_subscribe(mutations: ["nope"])', "'nope'"),
        ('x: String @aws_subscribe(mutations: ["put"])', "gives String, but put gives Int"),
    ],
)
def test_a_subscription_that_can_never_be_fed_is_refused(field: str, named: str) -> None:
    sdl = f"type Query {{ a: Int }} type Mutation {{ put: Int }} type Subscription {{ {field} }}"
    with pytest.raises(AppSyncError, match=named):
        subscriptions_of(built(sdl))


@pytest.mark.parametrize("directive", ["@aws_auth", "@aws_cognito_user_pools"])
def test_directives_for_cognito_are_refused_by_name(directive: str) -> None:
    with pytest.raises(AppSyncError, match=rf"Query\.a .*{directive}"):
        built(f"type Query {{ a: Int {directive} }}")


def test_a_schema_that_does_not_parse_says_where() -> None:
    with pytest.raises(AppSyncError, match="Syntax Error"):
        built("type Query { a: }")


@pytest.mark.parametrize("where", [("Query", "b"), ("Other", "a"), ("Int", "a")])
def test_a_resolver_for_a_field_that_is_not_there_is_refused(where: tuple[str, str]) -> None:
    with pytest.raises(AppSyncError, match=r"resolver for \w+\.\w+"):
        check_fields(built("type Query { a: Int }"), [where])
