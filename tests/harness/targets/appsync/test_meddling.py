"""Faults on what a function asks of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3

from harness.faults import fault
from harness.model import Fault, Json
from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import Client, Functions

ASKED = '{ note(id: "1") { id } }'


@dataclass
class Planned:
    """One fault for the next operation."""

    next: Fault | None = None
    happened: list[Fault] = field(default_factory=list)

    def plan(self, number: int, operation: str, variables: Mapping[str, Json]) -> Fault | None:
        planned, self.next = self.next, None
        return planned

    def fired(self, number: int, fault: Fault) -> None:
        self.happened.append(fault)


@pytest.fixture
def planned() -> Planned:
    return Planned()


@pytest.fixture
def lines() -> list[Any]:
    return []


@pytest.fixture
def client(open_front: Callable[..., AppSyncFront], planned: Planned, lines: list[Any]) -> Client:
    return Client(open_front(record=lambda *line: lines.append(line), meddler=planned))


def calls(functions: Functions) -> int:
    return len(functions.payloads("notes-NotesFunction"))


@pytest.mark.parametrize(
    ("place", "done"), [("before", 0), ("after", 1)], ids=["before its effect", "after it"]
)
def test_an_error_is_answered(
    place: Any, done: int, client: Client, planned: Planned, functions: Functions, lines: list[Any]
) -> None:
    planned.next = fault("appsync.note", "error", place=place, status=503, code="Down")
    answer = client.post({"query": ASKED})
    assert (answer.status, answer.json()["errors"][0]["errorType"]) == (503, "Down")
    assert (calls(functions), lines[-1][0], len(planned.happened)) == (done, "info", 1)


@pytest.mark.parametrize(("do", "done"), [("lose", 1), ("reset", 0)])
def test_an_answer_does_not_come(
    do: str, done: int, client: Client, planned: Planned, functions: Functions, lines: list[Any]
) -> None:
    planned.next = fault("appsync.note", do)
    with pytest.raises(urllib3.exceptions.HTTPError):
        client.post({"query": ASKED})
    assert (calls(functions), lines[-1][0]) == (done, "info")


def test_an_operation_happens_twice(client: Client, planned: Planned, functions: Functions) -> None:
    planned.next = fault("appsync.note", "duplicate")
    assert client.ask(ASKED) == {"data": {"note": {"id": "1"}}}
    assert calls(functions) == 2


def test_an_answer_comes_late(client: Client, planned: Planned, lines: list[Any]) -> None:
    planned.next = fault("appsync.note", "latency", seconds=0.05)
    assert client.ask(ASKED) == {"data": {"note": {"id": "1"}}}
    assert lines[-1][3]["seconds"] >= 0.05


def test_what_cannot_be_done_here_is_not_said_to_have_happened(
    client: Client, planned: Planned
) -> None:
    planned.next = fault("appsync.note", "kill")
    assert client.ask(ASKED) == {"data": {"note": {"id": "1"}}}
    assert planned.happened == []


def test_what_its_maker_records_does_not_fail(
    open_front: Callable[..., AppSyncFront], planned: Planned
) -> None:
    front = open_front(record=lambda *_: None, told=lambda _: True, meddler=planned)
    planned.next = fault("appsync.note", "error")
    assert Client(front).ask(ASKED) == {"data": {"note": {"id": "1"}}}
