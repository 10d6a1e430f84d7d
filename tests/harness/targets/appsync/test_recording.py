"""What stands in the history of each operation."""

from collections.abc import Callable
from typing import Any

import pytest

from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import Client, Functions

Line = tuple[str, int, str, Any]


@pytest.fixture
def lines() -> list[Line]:
    return []


@pytest.fixture
def client(open_front: Callable[..., AppSyncFront], lines: list[Line]) -> Client:
    return Client(open_front(record=lambda *line: lines.append(line)))


def test_an_operation_is_told_when_it_comes_and_when_it_ends(
    client: Client, lines: list[Line]
) -> None:
    client.ask("query($id: ID!) { note(id: $id) { id } }", {"id": "1"})
    (begin, number, name, asked), (end, same, _, answered) = lines
    assert (begin, end, number, same) == ("invoke", "ok", 1, 1)
    assert name == "query note"
    assert asked == {"mode": "API_KEY", "caller": "API_KEY", "variables": {"id": "1"}}
    assert answered["data"] == {"note": {"id": "1"}}
    assert answered["seconds"] >= 0


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ note(id: "broken") { id } }', "fail"),
        ('{ note(id: "1") { id secret } }', "ok"),
        ('mutation { publish(input: {id: "1"}) { id } }', "fail"),
        ('mutation { write(input: {id: "1"}) { id } }', "info"),
    ],
)
def test_how_it_ended(
    query: str, kind: str, client: Client, functions: Functions, lines: list[Line]
) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("perhaps it wrote")

    functions.handlers["notes-AuditFunction"] = fail
    client.ask(query)
    assert lines[-1][0] == kind


def test_credentials_are_never_told(client: Client, lines: list[Line]) -> None:
    client.ask('{ note(id: "1") { id } }', authorization="let-me-in")
    assert "let-me-in" not in repr(lines)


def test_a_stranger_leaves_no_line(client: Client, lines: list[Line]) -> None:
    client.ask("{ bare }", **{"x-api-key": "wrong"})
    assert lines == []
