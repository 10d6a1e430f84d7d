"""The event that functions get, field by field, as AppSync documents it."""

from typing import Any

import pytest

from tests.harness.targets.appsync.calls import Client, Functions

NOTES = "notes-NotesFunction"


def event(client: Client, functions: Functions, query: str, variables: Any = None) -> Any:
    client.ask(query, variables)
    return functions.payloads(NOTES)[0]


def test_it_has_appsyncs_fields(client: Client, functions: Functions) -> None:
    got = event(client, functions, "query($x: ID!) { note(id: $x) { id } }", {"x": "1"})
    assert set(got) == {"arguments", "identity", "source", "request", "prev", "info", "stash"}
    assert got["arguments"] == {"id": "1"}
    assert (got["identity"], got["source"], got["prev"], got["stash"]) == (None, None, None, {})
    assert got["info"] == {
        "fieldName": "note",
        "parentTypeName": "Query",
        "variables": {"x": "1"},
        "selectionSetList": ["id"],
        "selectionSetGraphQL": "{\n  id\n}",
    }


def test_headers_are_the_callers_in_lower_case(client: Client, functions: Functions) -> None:
    client.ask('{ note(id: "1") { id } }', **{"X-Api-Key": "da2-good", "X-Trace": "T-1"})
    request = functions.payloads(NOTES)[0]["request"]
    assert request["domainName"] is None
    assert request["headers"]["x-trace"] == "T-1"
    assert request["headers"]["host"].startswith("127.0.0.1:")
    assert request["headers"]["x-forwarded-for"] == "127.0.0.1"


def test_arguments_are_coerced_defaulted_and_left_out_when_not_given(
    client: Client, functions: Functions
) -> None:
    got = event(client, functions, "{ notes { nextToken } }")
    assert got["arguments"] == {"limit": 10}


def test_json_arguments_arrive_parsed(client: Client, functions: Functions) -> None:
    got = event(
        client, functions, "mutation($n: NoteInput!) { write(input: $n) { id } }",
        {"n": {"id": 7, "extra": '{"a": [1]}', "state": "DONE", "text": None}},
    )  # fmt: skip
    assert got["arguments"] == {
        "input": {"id": "7", "extra": {"a": [1]}, "state": "DONE", "text": None}
    }


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("id related { id stars }", ["id", "related", "related/id", "related/stars"]),
        ("mark: id", ["mark"]),
        ("__typename id", ["__typename", "id"]),
        ("...F related { ...F }", ["id", "text", "related", "related/id", "related/text"]),
        ("... on Note { id } id", ["id"]),
        ("id @skip(if: true) text @include(if: $yes)", ["text"]),
    ],
)
def test_selection_set_list_names_what_was_asked_for(
    selection: str, expected: list[str], client: Client, functions: Functions
) -> None:
    fragment = " fragment F on Note { id text }" if "...F" in selection else ""
    variables = "($yes: Boolean = true)" if "$yes" in selection else ""
    got = event(
        client, functions, f'query{variables} {{ note(id: "1") {{ {selection} }} }}{fragment}'
    )
    assert got["info"]["selectionSetList"] == expected


def test_source_is_the_parent_for_a_nested_field(client: Client, functions: Functions) -> None:
    client.ask('{ note(id: "5") { related { id } } }')
    [[call]] = functions.payloads("notes-RelatedFunction")
    assert call["source"]["id"] == "5"
    assert (call["info"]["parentTypeName"], call["info"]["fieldName"]) == ("Note", "related")
