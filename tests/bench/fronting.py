"""What the GraphQL front costs: requests beside the same resolver invoked directly, and how long a
write to the table takes to reach 50 subscribers.

All on a stage that is up. Requests are made over loopback with as many connections either way, in
turns, so that whatever else the machine does falls on both alike; the front records each operation.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from aiohttp import ClientSession
from hypothesis import find
from rich.table import Table
from wiring import percentile

from harness import Seen, Stage
from harness.model import Identity, Json, Record
from harness.targets.appsync.invoke import LambdaInvoke
from scenarios.baskets import baskets
from scenarios.shop import Shop
from scenarios.waiting import LINKED

ROUNDS, REQUESTS, CONNECTIONS = 5, 200, 8
SUBSCRIBERS, ORDERS = 50, 10
DOCUMENT = "query products($first: Int) { products(first: $first) { nodes { productId } } }"
ARGUMENTS: dict[str, Json] = {"first": 1}
_TABLE, _TELLS = "OrdersTable", "EventHandlerFunction"
_HEARD = "subscription onOrderUpdated"


def figures(stage: Stage, who: Identity) -> Table:
    """Every figure of the front in one table."""
    fronted, direct = stage.loop.run(_rates(stage, who))
    ways = written_to_heard(stage)
    table = Table("through the GraphQL front", "value")
    table.add_row("requests/s, front (recorded)", f"{fronted:.0f}")
    table.add_row("invocations/s, the resolver's function directly", f"{direct:.0f}")
    table.add_row("front / direct", f"{fronted / direct:.2f}")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        took = f"{1000 * percentile(ways, share):.0f} ms"
        table.add_row(f"table write to subscriber, {name}", took)
    table.caption = f"{SUBSCRIBERS} subscribers, {ORDERS} orders, {len(ways)} messages"
    return table


async def _rates(stage: Stage, who: Identity) -> tuple[float, float]:
    """Requests in a second through the front and directly."""
    invoke = LambdaInvoke(stage.deployed)
    function = stage.deployed.functions["GetProductsFunction"]
    headers = {"Authorization": who.token or ""}
    context = {
        "arguments": ARGUMENTS, "identity": None, "source": None, "prev": None, "stash": {},
        "request": {"headers": {"authorization": who.token}},
        "info": {
            "fieldName": "products", "parentTypeName": "Query", "variables": ARGUMENTS,
            "selectionSetList": ["nodes", "nodes/productId"],
            "selectionSetGraphQL": "{ nodes { productId } }",
        },
    }  # fmt: skip

    async with ClientSession(headers=headers) as session:

        async def front() -> None:
            asked = {"query": DOCUMENT, "variables": ARGUMENTS}
            async with session.post(stage.graphql.url, json=asked) as answer:
                told = await answer.json()
            assert told["data"]["products"]["nodes"], told

        async def direct() -> None:
            told = await invoke(function, context)
            result: Any = told.result
            assert result["data"]["nodes"], told

        await _rate(front), await _rate(direct)  # everything is warm from here on
        rounds = [(await _rate(front), await _rate(direct)) for _ in range(ROUNDS)]
    await invoke.close()
    return median(f for f, _ in rounds), median(d for _, d in rounds)


async def _rate(ask: Callable[[], Awaitable[None]]) -> float:
    left = iter(range(REQUESTS))

    async def work() -> None:
        for _ in left:
            await ask()

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return REQUESTS / (time.perf_counter() - start)


def written_to_heard(stage: Stage) -> list[float]:
    """Seconds from each answered write of an order to each of its customer's subscribers."""
    work = find(baskets(count=(ORDERS, ORDERS), customers=1), lambda _: True)
    with stage.running("bench"), ExitStack() as ears:
        shop = Shop(stage)
        customer = shop.customer(0)
        for _ in range(SUBSCRIBERS):
            own: dict[str, Json] = {"customerId": customer.subject}
            ears.enter_context(stage.subscribe("onOrderUpdated", customer, own))
        stage.together(map(shop.submit, work))
        told = Seen("every subscriber told of every link", _of_a_link, SUBSCRIBERS * ORDERS)
        stage.until(told, within=120)
    return list(_ways(stage.recorder.since(0)))


def _of_a_link(record: Record) -> bool:
    return record.name == _HEARD and _body(record).get("status") in LINKED


def _ways(records: Sequence[Record]) -> Iterator[float]:
    """The n-th write of an order is its version n; who tells of a change writes, too."""
    began = {r.call: r for r in records if r.feed == "wire" and r.kind == "invoke"}
    written: dict[str, list[float]] = {}
    for record in records:
        call = began.get(record.call)
        if call is not None and record.kind == "ok" and _writes(call) and record.key:
            written.setdefault(record.key, []).append(record.at)
    for record in records:
        if record.name == _HEARD and record.key in written:
            yield record.at - written[record.key][int(_body(record)["version"]) - 1]


def _writes(call: Record) -> bool:
    about: Any = call.value
    return (
        call.name in ("dynamodb.PutItem", "dynamodb.UpdateItem")
        and about.get("resource") == _TABLE
        and about.get("function") != _TELLS
    )


def _body(record: Record) -> dict[str, Any]:
    value: Any = record.value
    body = value.get("body") if isinstance(value, dict) else None
    return body if isinstance(body, dict) else {}
