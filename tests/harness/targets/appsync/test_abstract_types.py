"""Interfaces and unions, which AppSync tells apart by ``__typename`` in what a function gave."""

from dataclasses import replace
from typing import Any

import pytest

from harness.sdl import Mode
from harness.targets.appsync.api import Resolver, Step
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.execution import Asked, Executor
from harness.targets.appsync.template import read_api
from tests.harness.targets.appsync.calls import Functions, stage

pytestmark = pytest.mark.anyio
SDL = """
interface Animal { name: String }
type Cat implements Animal { name: String lives: Int }
type Dog implements Animal { name: String }
union Pet = Cat | Dog
type Query { animal: Animal pets: [Pet] }
"""


async def asked(query: str, result: Any) -> Any:
    resolvers = {
        ("Query", name): Resolver("Query", name, (Step("f"),)) for name in ("animal", "pets")
    }
    api = replace(read_api(stage(), load=str, now=0), sdl=SDL, resolvers=resolvers)
    executor = Executor(api, Functions({"f": lambda _: result}))
    prepared = executor.documents.prepare(query, None)
    return await executor.answer(Asked(prepared, Caller(Mode.API_KEY), {}, {}))


async def test_the_type_is_what_the_value_says() -> None:
    value = {"__typename": "Cat", "name": "Tom", "lives": 9}
    answer = await asked("{ animal { __typename name ... on Cat { lives } } }", value)
    assert answer == {"data": {"animal": value}}


async def test_members_of_a_union_are_told_apart() -> None:
    values = [{"__typename": "Dog", "name": "Rex"}, {"__typename": "Cat", "lives": 1}]
    answer = await asked("{ pets { ... on Dog { name } ... on Cat { lives } } }", values)
    assert answer == {"data": {"pets": [{"name": "Rex"}, {"lives": 1}]}}


@pytest.mark.parametrize("value", [{"name": "?"}, {"__typename": "Query"}, "Tom"])
async def test_a_value_of_no_known_type_is_an_error(value: Any) -> None:
    answer = await asked("{ animal { name } }", value)
    assert answer["data"] == {"animal": None}
    assert answer["errors"][0]["message"].startswith("Can't resolve value (/animal)")
