"""Customers who listen to their orders, as the mobile app does."""

from collections.abc import Iterable
from itertools import islice

from harness import Option, Stage, Step, fault
from harness.engine.listening import Following
from harness.faults import Menu
from harness.model import Action, Identity, Json

PUBLISH = "publishOrderUpdate"

ANNOUNCING = Menu(
    "appsync",
    (
        Option(PUBLISH, "before", Action(do="error", status=503), "AppSync is overloaded"),
        Option(PUBLISH, "after", Action(do="lose"), "told, but the answer was lost: told again"),
        Option(PUBLISH, "before", Action(do="latency", seconds=1.0), "AppSync is slow"),
        Option(PUBLISH, "after", Action(do="duplicate"), "told twice at once"),
        Option(PUBLISH, "before", Action(do="reset"), "the connection broke"),
    ),
)
"""What can go wrong while subscribers are told of a change."""

BUS = Menu(
    "events",
    (
        Option(
            "PutEvents",
            "before",
            Action(do="error", status=500, code="InternalException"),
            "EventBridge fails",
        ),
    ),
)
"""What can go wrong while the bus is told of it."""

OUTAGE = (
    *(fault(f"appsync.{PUBLISH}", "error", nth=n, status=503) for n in range(2, 4)),
    fault("events.PutEvents", "error", nth=2, status=500),
)
"""Nobody can be told for some calls, so that several steps of an order wait to be told."""

_PAGE = 50


def follows(stage: Stage, customer: Identity) -> Following:
    """The customer subscribes to all that happens to their orders; gaps are closed by a query."""

    async def present() -> Iterable[Json] | None:
        answer = await stage.graphql.call("orders", customer, {"first": _PAGE})
        found = answer.data["orders"] if isinstance(answer.data, dict) else None
        return list(islice(found["nodes"], _PAGE)) if found else None

    return stage.follow(
        "onOrderUpdated",
        customer,
        {"customerId": customer.subject},
        present=present,
        step=_step,
    )


def _step(said: Json) -> Step | None:
    """A message, or an order as a query shows it."""
    if not isinstance(said, dict):
        return None
    return Step.linked(
        said["orderId"],
        said["version"],
        said,
        state=said["status"],
        after=said.get("previousStatus"),
    )
