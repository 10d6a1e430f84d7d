"""What clients are answered: data, nulls and errors in AppSync's shapes."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import Client, Functions

NOTES = "notes-NotesFunction"


def answering(functions: Functions, result: Any) -> None:
    functions.handlers[NOTES] = lambda _: result


def test_a_functions_error_is_its_fields_and_leaves_the_others(client: Client) -> None:
    answer = client.ask('{ good: note(id: "1") { id } bad: note(id: "broken") { id } }')
    assert answer == {
        "data": {"good": {"id": "1"}, "bad": None},
        "errors": [
            {
                "path": ["bad"],
                "data": None,
                "errorType": "Lambda:Unhandled",
                "errorInfo": None,
                "locations": [{"line": 1, "column": 30, "sourceName": None}],
                "message": "no such page",
            }
        ],
    }


def test_null_where_there_must_be_a_value_empties_the_nearest_nullable_parent(
    client: Client, functions: Functions
) -> None:
    answering(functions, {"items": [{"id": "1", "must": "x"}, {"id": "2"}]})
    answer = client.ask("{ notes { nextToken items { id must } } }")
    assert answer["data"] == {"notes": {"nextToken": None, "items": None}}
    assert answer["errors"] == [
        {
            "path": ["notes", "items", 1, "must"],
            "locations": None,
            "message": "Cannot return null for non-nullable type: 'String' within parent 'Note' "
            "(/notes/items[1]/must)",
        }
    ]


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("text", "Can't resolve value (/note) : type mismatch error, expected type OBJECT"),
        ({"related": "x"}, None),
        ({"id": "1", "stars": "many"}, "Can't serialize value (/note/stars) : "),
        ({"id": "1", "at": "now"}, "Can't serialize value (/note/at) : Unable to serialize `now` "
         "as a valid DateTime Object."),
        ({"id": "1", "state": "LOST"}, "Can't serialize value (/note/state) : Invalid input for "
         "Enum 'State'."),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_an_error_at_its_path(
    result: Any, message: str | None, client: Client, functions: Functions
) -> None:
    answering(functions, result)
    answer = client.ask('{ note(id: "1") { stars at state } }')
    found = [error["message"] for error in answer.get("errors", [])]
    assert found == [] if message is None else found[0].startswith(message)


def test_a_list_that_is_none_is_an_error(client: Client, functions: Functions) -> None:
    answering(functions, {"items": {"id": "1"}})
    [error] = client.ask("{ notes { items { id } } }")["errors"]
    assert error["message"] == (
        "Can't resolve value (/notes/items) : type mismatch error, expected type LIST"
    )


def test_json_goes_out_as_text(client: Client, functions: Functions) -> None:
    answering(functions, {"extra": {"a": 1}})
    assert client.ask('{ note(id: "1") { extra } }')["data"]["note"] == {"extra": '{"a":1}'}


def test_a_field_without_a_resolver_is_null(client: Client) -> None:
    assert client.ask("{ bare }") == {"data": {"bare": None}}


def test_a_document_that_does_not_fit_is_answered_with_the_rule_it_breaks(client: Client) -> None:
    answer = client.post({"query": "{ note { id nope } }"})
    assert answer.status == 200
    body = answer.json()
    assert body["data"] is None
    kinds = {error["message"].split(":")[0] for error in body["errors"]}
    assert kinds == {
        "Validation error of type FieldUndefined",
        "Validation error of type MissingFieldArgument",
    }
    assert all(error["path"] is None and error["locations"] for error in body["errors"])


def test_a_missing_variable_is_told_in_appsyncs_words(client: Client) -> None:
    [error] = client.ask("query($id: ID!) { note(id: $id) { id } }")["errors"]
    assert error["message"] == "Variable 'id' has coerced Null value for NonNull type 'ID!'"


def test_nothing_is_suggested_to_who_guesses_names(client: Client) -> None:
    [error] = client.ask("{ bar }")["errors"]
    assert "bare" not in error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b'"x"', b'{"query": ""}', b'{"query": "{ note(id: "}',
        b'{"query": 5}', b'{"query": "{ bare }", "variables": []}', b"\xff",
        b'{"query": "{ bare }", "operationName": 1}',
        b'{"query": "{ bare }", "variables": {"x": NaN}}',
        b'[{"query": "{ bare }"}]', b"[" * 100_000,
        b'{"query": "' + b"{ a " * 5_000 + b'"}',
    ],
)  # fmt: skip
def test_what_is_no_request_is_malformed(body: bytes, client: Client) -> None:
    answer = client.post(body)
    assert answer.status == 400
    [error] = answer.json()["errors"]
    assert error["errorType"] == "MalformedHttpRequestException"
    assert answer.headers["x-amzn-ErrorType"] == "MalformedHttpRequestException"
    assert not client.front.errors


def test_half_a_surrogate_pair_is_answered(client: Client) -> None:
    answer = client.post(b'{"query": "{ bare }", "variables": {"x": "\\ud800"}}')
    assert (answer.status, client.front.errors) == (200, [])


@pytest.mark.parametrize("name", [None, "C"])
def test_of_several_operations_one_has_to_be_named(name: str | None, client: Client) -> None:
    body = {"query": "query A { bare } query B { bare }", "operationName": name}
    assert client.post(body).status == 400
    assert client.post({**body, "operationName": "B"}).json() == {"data": {"bare": None}}


def test_a_subscription_is_not_served_over_http(client: Client) -> None:
    answer = client.post({"query": "subscription { onAny { id } }"})
    assert (answer.status, answer.json()["errors"][0]["errorType"]) == (400, "BadRequestException")


def test_every_answer_has_a_request_id_and_can_be_read_by_a_browser(client: Client) -> None:
    first, second = (client.post({"query": "{ bare }"}) for _ in range(2))
    assert first.headers["x-amzn-RequestId"] != second.headers["x-amzn-RequestId"]
    assert first.headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered(client: Client) -> None:
    answer = client.pool.request("OPTIONS", client.front.graphql_url)
    assert (answer.status, answer.headers["access-control-allow-headers"]) == (200, "*")


def test_introspection_can_be_switched_off(open_front: Callable[..., AppSyncFront]) -> None:
    client = Client(open_front({"Api": {"IntrospectionConfig": "DISABLED"}}))
    answer = client.ask("{ __schema { description } }")
    assert answer["data"] is None
    assert answer["errors"][0]["message"].startswith("Validation error of type FieldUndefined")
    assert client.ask("{ __typename }") == {"data": {"__typename": "Query"}}
