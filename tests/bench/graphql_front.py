"""What the GraphQL front costs, and how soon a subscriber hears of a change.

Requests through the front beside the same function invoked directly, in turns on one stage; and the
time from a write to a table until each of 50 subscribers has the message that its stream's function
published. On the parcels' stage, whose functions do next to nothing themselves.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.table import Table

from harness.clients import GraphQL, Subscription
from harness.engine import Project, Run, Session, Stage
from harness.evidence import Folder, Manifest
from harness.model import Identity
from harness.targets.appsync import LambdaInvoke

PARCELS = Path(__file__).parents[1] / "apps" / "parcels" / "harness.toml"
ROUNDS = 3
REQUESTS = 300
AT_ONCE = 8
SUBSCRIBERS = 50
WRITES = 40
_PATIENCE = 60.0
_ASKED = "query ($id: ID!) { parcel(parcelId: $id) { parcelId place sequence } }"


def figures(scratch: Path) -> Table:
    """All of it, measured on a stage of its own."""
    manifest = Manifest(run="bench", application="parcels", target="embedded", seed=0, started="")
    folder = Folder.create(scratch / "parcels", manifest)
    project = Project.load(PARCELS)
    with Session(project, Run("bench", 0, "embedded", "main", folder), ()) as session:
        stage, sender = session.stage, session.identities["sender"]
        front, direct = requests(stage, sender)
        delays = sorted(heard(stage, sender))
    table = Table("GraphQL", "value")
    table.add_row("requests/s through the front", f"{front:.0f}")
    table.add_row("the same function invoked directly, calls/s", f"{direct:.0f}")
    table.add_row("front / direct", f"{front / direct:.2f}")
    p99 = quantiles(delays, n=100)[-1]
    table.add_row("table write to subscriber, p50", f"{median(delays) * 1000:.0f} ms")
    table.add_row("table write to subscriber, p99", f"{p99 * 1000:.0f} ms")
    table.caption = f"{SUBSCRIBERS} subscribers, {len(delays)} messages"
    return table


def requests(stage: Stage, sender: Identity) -> tuple[float, float]:
    """Requests in a second through the front, and the same function's calls in a second."""
    function = stage.deployed.functions["ParcelFunction"]
    invoke = LambdaInvoke(stage.deployed)
    event = {"arguments": {"parcelId": "p"}, "info": {"fieldName": "parcel"}}

    async def by_the_front() -> None:
        answer = await stage.graphql.call(_ASKED, sender, {"id": "p"})
        assert answer.ok, answer.body

    async def directly() -> None:
        answer = await invoke(function, event)
        assert answer.error is None, answer.result

    rates: dict[Callable[[], Awaitable[None]], list[float]] = {by_the_front: [], directly: []}
    stage.do(stage.graphql.call("move", sender, {"parcelId": "p", "to": "Lagos"}))
    for _ in range(ROUNDS):
        for one, kept in rates.items():
            stage.loop.together([one() for _ in range(AT_ONCE * 2)], AT_ONCE)  # instances are warm
            start = time.monotonic()
            stage.loop.together([one() for _ in range(REQUESTS)], AT_ONCE)
            kept.append(REQUESTS / (time.monotonic() - start))
    stage.do(invoke.close())
    return median(rates[by_the_front]), median(rates[directly])


def heard(stage: Stage, sender: Identity) -> list[float]:
    """Seconds from each write to each subscriber."""
    table = stage.aws.client("dynamodb")
    name = stage.deployed.outputs["ParcelsTable"]

    def write(sequence: int) -> float:
        item: dict[str, Any] = {
            "parcelId": {"S": "followed"}, "place": {"S": "Lagos"}, "sequence": {"N": str(sequence)}
        }  # fmt: skip
        table.put_item(TableName=name, Item=item)
        return time.monotonic()

    return stage.loop.run(_listened(stage.graphql, sender, write))


async def _listened(
    graphql: GraphQL, sender: Identity, write: Callable[[int], float]
) -> list[float]:
    ears = [
        graphql.subscription("onMoved", sender, {"parcelId": "followed"})
        for _ in range(SUBSCRIBERS)
    ]
    await asyncio.gather(*(ear.begin() for ear in ears))
    delays: list[float] = []
    for sequence in range(1, WRITES + 1):
        hearing = [asyncio.ensure_future(_hears(ear, sequence)) for ear in ears]
        written = await asyncio.to_thread(write, sequence)
        delays += [at - written for at in await asyncio.gather(*hearing)]
    await asyncio.gather(*(ear.end() for ear in ears))
    # The first starts the function.
    return delays[SUBSCRIBERS:]


async def _hears(ear: Subscription, sequence: int) -> float:
    while True:
        message = await ear.next(_PATIENCE)
        if message.value["sequence"] == sequence:
            return time.monotonic()
