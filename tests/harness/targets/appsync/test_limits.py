"""How much one caller may ask at once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.sdl import Mode
from harness.targets.appsync import AppSyncFront
from harness.targets.appsync.api import Api
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.execution import Asked, Executor
from harness.targets.appsync.template import read_api
from tests.harness.targets.appsync.calls import Client, Functions, stage

Open = Callable[..., AppSyncFront]


def test_fields_below_the_deepest_level_are_errors_and_the_rest_is_answered(
    open_front: Open,
) -> None:
    client = Client(open_front({"Api": {"QueryDepthLimit": 2}}))
    answer = client.ask('{ note(id: "1") { id related { id } } }')
    assert answer["data"]["note"] == {"id": "1", "related": [None]}
    [error] = answer["errors"]
    assert (error["errorType"], error["path"]) == (
        "QueryDepthLimitReached", ["note", "related", 0, "id"]
    )  # fmt: skip


def test_resolvers_beyond_the_limit_do_not_run(open_front: Open, functions: Functions) -> None:
    client = Client(open_front({"Api": {"ResolverCountLimit": 2}}))
    answer = client.ask(
        '{ a: note(id: "1") { id } b: note(id: "2") { id } c: note(id: "3") { id } }'
    )
    assert answer["data"] == {"a": {"id": "1"}, "b": {"id": "2"}, "c": None}
    assert [e["errorType"] for e in answer["errors"]] == ["ResolverExecutionLimitReached"]
    assert len(functions.payloads("notes-NotesFunction")) == 2


def test_a_request_that_is_too_large_is_refused(client: Client) -> None:
    answer = client.post({"query": "{ bare }", "variables": {"x": "y" * 1024 * 1024}})
    assert answer.status == 413


@pytest.mark.anyio
async def test_an_operation_that_takes_too_long_is_given_up(functions: Functions) -> None:
    async def never(_: Any) -> None:
        await asyncio.Event().wait()

    functions.handlers["notes-NotesFunction"] = never
    api: Api = read_api(stage(), load=str, now=0)
    executor = Executor(replace(api, limits=replace(api.limits, seconds=0.01)), functions)
    prepared = executor.documents.prepare('{ note(id: "1") { id } }', None)
    body = await executor.answer(Asked(prepared, Caller(Mode.API_KEY), {}, {}))
    assert body["data"] is None
    assert body["errors"][0]["errorType"] == "ExecutionTimeout"
