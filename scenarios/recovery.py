"""What was down comes back: everything drains, nothing is lost, nothing is done twice."""

import time
from dataclasses import dataclass

from hypothesis import strategies as st

from harness import Budget, Capability, Past, Seen, Stage, fault, scenario
from scenarios.baskets import Basket, baskets
from scenarios.doors import UNAVAILABLE
from scenarios.laws import (
    LIFECYCLE,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    PAID_FIRST,
    TOLD,
    TRACED,
)
from scenarios.shop import Shop
from scenarios.waiting import LINKED, OneChargeKept, are

DOWN = {
    "the orders' table": [fault("dynamodb.*", "error", nth=None, resource="OrdersTable")],
    "the links' table": [fault("dynamodb.*", "error", nth=None, resource="PaymentLinksTable")],
    "SQS": [fault("sqs.*", "error", nth=None)],
    "AWS, for payments": [fault("*.*", "error", nth=None, function="PaymentProcessorFunction")],
    "Paystack": [
        fault(f"paystack.{operation}", "error", nth=None, status=503)
        for operation in ("transaction.initialize", "transaction.verify", "refund.create")
    ],
}
"""Who fails every call."""


@dataclass(frozen=True)
class Outage:
    """Of what, for how long, and what customers want before and meanwhile."""

    of: str
    seconds: float
    before: tuple[Basket, ...]
    meanwhile: tuple[Basket, ...]


@scenario(
    work=st.builds(
        Outage,
        of=st.sampled_from(sorted(DOWN)),
        seconds=st.sampled_from([1.0, 2.0, 3.0]),
        before=baskets(count=(2, 3)),
        meanwhile=baskets(count=(3, 4)),
    ),
    laws=[NOTHING_LOST, LIFECYCLE, ONE_CHARGE_APPLIED, PAID_FIRST, TOLD, TRACED],
    needs={Capability.QUEUE_VISIBILITY},
    budget=Budget(cases=1, entities=5),
)
def recovery(stage: Stage, work: Outage) -> None:
    """A table, the queues or the provider is down while people order and pay; it comes back."""
    shop = Shop(stage)
    before = stage.together(map(shop.submit, work.before))
    stage.until(are(before, LINKED))
    links = stage.together(map(shop.link_of, before))

    stage.inject(*DOWN[work.of])
    over = Past(time.time() + work.seconds)
    wishes = [shop.intends(basket) for basket in work.meanwhile]
    said = stage.together(map(shop.submits_once, wishes))
    assert all(each.ok or each.refusal in UNAVAILABLE for each in said), "an outage isn't told so"
    stage.together(map(shop.pays_at, links))
    stage.until(Seen("a call that failed", lambda record: record.fault is not None))
    stage.until(over)

    stage.heal()
    meanwhile = stage.together(map(shop.sends, wishes))
    stage.until(are(before, {"FULFILLED"}), measure="back to fulfilled")
    stage.until(are(meanwhile, LINKED), measure="back to linked")
    stage.until(OneChargeKept(before))
