"""Calling functions: what Lambda answers, and what comes when it doesn't."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from harness.targets.appsync import Invocation, LambdaInvoke
from tests.harness.targets.appsync.calls import stage

pytestmark = pytest.mark.anyio
PATH = "/2015-03-31/functions/{name}/invocations"


@pytest.fixture
async def answers() -> AsyncIterator[dict[str, Any]]:
    """A Lambda that answers as it is told; ``seen`` is the last request."""
    told: dict[str, Any] = {"status": 200, "headers": {}, "body": b"null"}

    async def answer(request: web.Request) -> web.Response:
        told["seen"] = (request.match_info["name"], await request.json(), dict(request.headers))
        return web.Response(status=told["status"], headers=told["headers"], body=told["body"])

    app = web.Application()
    app.router.add_post(PATH, answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told["url"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


async def invoked(url: str) -> Invocation:
    call = LambdaInvoke(replace(stage(), endpoint=url))
    try:
        return await call("things", {"a": 1})
    finally:
        await call.close()


async def test_the_payload_goes_and_the_result_comes(answers: dict[str, Any]) -> None:
    answers["body"] = b'{"b": [2]}'
    assert await invoked(answers["url"]) == Invocation({"b": [2]})
    name, payload, headers = answers["seen"]
    assert (name, payload) == ("things", {"a": 1})
    assert "Credential=test/" in headers["Authorization"]


async def test_a_functions_error_is_told_with_its_message(answers: dict[str, Any]) -> None:
    answers.update(headers={"X-Amz-Function-Error": "Unhandled"}, body=b'{"errorMessage": "no"}')
    invocation = await invoked(answers["url"])
    assert (invocation.error, invocation.message) == ("Unhandled", "no")


async def test_lambdas_own_refusal_is_told_by_its_name(answers: dict[str, Any]) -> None:
    answers.update(
        status=404, body=b'{"Message": "gone"}',
        headers={"x-amzn-ErrorType": "ResourceNotFoundException:http://internal"},
    )  # fmt: skip
    assert (await invoked(answers["url"])).error == "ResourceNotFoundException"


async def test_no_answer_is_an_error_too() -> None:
    assert (await invoked("http://127.0.0.1:9")).error == "SdkClientException"


async def test_an_answer_that_is_no_json_is_text(answers: dict[str, Any]) -> None:
    answers["body"] = b"\xffoops"
    assert (await invoked(answers["url"])).result == "\ufffdoops"
