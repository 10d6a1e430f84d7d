"""What must hold of Larder, whatever happens: the general laws, filled in with its names.

Schedules, windows and recovery times are the stack's own parameters, so that the same laws judge
a stage with production's minutes and one with a test's seconds.
"""

import csv
from pathlib import Path

from harness.laws import (
    announced,
    answers_within,
    breaker,
    dead_letters,
    effect,
    from_parameter,
    gives_up,
    heard,
    idempotent,
    legal_transitions,
    never_final_without,
    no_secret,
    nothing_lost,
    one_charge_applied,
    owners_only,
    read_graph,
    refused_does_nothing,
    refused_writes_nothing,
    retries,
    settles,
    totals,
    window_limit,
    writes_trace_to_accepted_requests,
)

_ROOT = Path(__file__).parents[1]

ORDER = "order.status"
"""What the orders table's stream is called in a history."""

SUBMIT = "POST /v1/grocery-lists"
READ = "GET /v1/orders/{orderId}"
NEW_LINK = "POST /v1/orders/{orderId}/payment-links"
SUBMITS = (SUBMIT, "mutation submitGroceryList")
"""Both doors."""
LIMITED = (SUBMIT, READ, NEW_LINK, "GET /v1/orders", "GET /v1/products")
SAME_WINDOW = {
    SUBMIT: ("mutation submitGroceryList",),
    READ: ("query order",),
    NEW_LINK: ("mutation requestPaymentLink",),
    "GET /v1/orders": ("query orders",),
    "GET /v1/products": ("query products",),
}
"""What counts together with an operation over GraphQL."""

INITIALIZE = "paystack.transaction.initialize"
VERIFY = "paystack.transaction.verify"
REFUND = "paystack.refund.create"
WEBHOOK = "paystack.webhook"
CONVERSE = "bedrock.converse"

OPS = "topic.OpsTopicArn"
DEAD = ("queue.parse-dlq", "queue.match-dlq", "queue.pay-dlq", "queue.fulfil-dlq")

FINAL = ("FULFILLED", "UNMATCHED")
CUSTOMERS_TURN = ("PAYMENT_INITIATED", "PAYMENT_FAILED")
"""Nothing is due from Larder: the customer pays, or doesn't."""
ATTENTION = "NEEDS_ATTENTION"

CHARGE = effect("paystack.charge")


def prices() -> dict[str, int]:
    """Product → price in kobo, as the catalogue's sample data has it."""
    path = _ROOT / "reference_impl" / "seed" / "products.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["productId"]: int(row["price"]) for row in csv.DictReader(file)}


LIFECYCLE = legal_transitions(
    ORDER,
    read_graph(_ROOT / "contracts" / "lifecycle.yaml"),
    name="every change of an order is a legal step",
)

NOTHING_LOST = nothing_lost(
    SUBMITS,
    (*FINAL, *CUSTOMERS_TURN),
    entity=ORDER,
    visible=(ATTENTION,),
    patience=from_parameter("StallAfter", times=2, plus=20),
    name="no accepted order is lost",
)

PAID_FIRST = never_final_without(
    ("PAID", "FULFILLED"), CHARGE, entity=ORDER, name="no order is fulfilled unpaid"
)

ONE_CHARGE_APPLIED = one_charge_applied(
    CHARGE,
    effect("paystack.refund"),
    entity=ORDER,
    identity="reference",
    applied="chargedReference",
    applying=("PAID", "FULFILLED"),
    excused=(ATTENTION,),
    name="one charge is applied, every other refunded once",
)

TOTALS = totals(
    (READ, "query order"),
    prices(),
    asked=effect(INITIALIZE),
    name="an order costs the sum of its lines at the catalogue's prices",
)

IDEMPOTENT = idempotent(SUBMIT, same=("body.orderId",), name="a repeated list changes nothing")

IDEMPOTENT_MUTATION = idempotent(
    "mutation submitGroceryList",
    "idempotencyKey",
    path="variables.idempotencyKey",
    replayed="body.replayed",
    same=("body.orderId",),
    name="a repeated list changes nothing over GraphQL either",
)

IDEMPOTENT_LINK = idempotent(
    NEW_LINK, same=("body.orderId",), name="a repeated wish for a link changes nothing"
)

IDEMPOTENT_LINK_MUTATION = idempotent(
    "mutation requestPaymentLink",
    "idempotencyKey",
    path="variables.idempotencyKey",
    replayed="body.replayed",
    same=("body.orderId",),
    name="a repeated wish for a link changes nothing over GraphQL either",
)

TRACED = writes_trace_to_accepted_requests(
    ORDER, SUBMITS, name="every order traces to an accepted request"
)

REFUSED_WRITES_NOTHING = refused_writes_nothing(
    SUBMITS, effect(ORDER, event="INSERT"), name="a refused list writes nothing"
)

REFUSED_DOES_NOTHING = refused_does_nothing(
    (*SUBMITS, WEBHOOK),
    named=("body.instance", "errors.0.errorInfo.instance"),
    spared=("AuditTable", "RateLimitsTable"),
    name="a refused list or event does nothing",
)

OWN_ORDERS = owners_only(
    SUBMITS,
    (READ, NEW_LINK, "query order", "mutation requestPaymentLink"),
    entity="order",
    name="nobody sees or changes another's order",
)

NO_SECRET = no_secret(name="no secret in the history")

TOLD = announced(ORDER, "bus.order.status", 30, name="every change of an order is told")

HEARD = heard(
    "onOrderUpdated",
    (SUBMIT, "mutation submitGroceryList"),
    5,
    entity=ORDER,
    name="customers hear every change of their own orders in 5 s",
)

LINK_IN_TIME = answers_within(
    SUBMITS,
    ("PAYMENT_INITIATED", "UNMATCHED"),
    30,
    entity=ORDER,
    name="a list has its payment link in 30 s",
)

MATCHED_IN_TIME = answers_within(
    SUBMITS, ("MATCHED", "UNMATCHED"), 10, entity=ORDER, name="a list is matched in 10 s"
)

FULFILLED_IN_TIME = settles(
    ORDER,
    ("FULFILLED", ATTENTION),
    30,
    starting="PAID",
    name="a paid order is fulfilled in 30 s",
)

GIVES_UP = gives_up(4, spared=(WEBHOOK,), name="no call waits longer than 4 s for an answer")

RETRIES = retries(
    INITIALIZE,
    from_parameter("RetryWaits"),
    pause=from_parameter("RedriveDelays", 0),
    timeout=from_parameter("ProviderTimeout"),
    early=0.4,
    prompts=("invoke HealOrderFunction",),
    entity=ORDER,
    redrives="retryCount",
    name="failed calls to Paystack wait as the schedule says",
)

BREAKER = breaker(
    (INITIALIZE, VERIFY, REFUND),
    from_parameter("BreakerThreshold"),
    from_parameter("BreakerRecovery"),
    lease=from_parameter("ProbeLease"),
    timeout=from_parameter("ProviderTimeout"),
    slack=1.0,
    entity=ORDER,
    waiting=("MATCHED",),
    store="BreakersTable",
    name="Paystack's breaker is shared by the fleet",
)

MODEL_BREAKER = breaker(
    CONVERSE,
    from_parameter("BreakerThreshold"),
    from_parameter("BreakerRecovery"),
    lease=from_parameter("ProbeLease"),
    timeout=from_parameter("ProviderTimeout"),
    store="BreakersTable",
    closes=False,
    environments=2,  # the model is asked by few workers where cold starts cost a core
    name="Bedrock's breaker is shared by the fleet",
)

MODEL_LEFT_ALONE = MODEL_BREAKER.model_copy(
    update={
        "environments": 1, "slack": 0.3, "name": "a model that fails is left alone for a while",
    }
)  # fmt: skip
"""For few orders, which one worker may serve alone: what it says of one call is known before the
next begins, so that failures count soon after a success."""

DEAD_LETTERS = dead_letters(
    DEAD,
    from_parameter("RedriveDelays"),
    entity=ORDER,
    count="retryCount",
    attention=ATTENTION,
    alert=effect(OPS),
    exhausted=effect(OPS, **{"body.alert": "max retries exceeded"}),
    parked=("queue.attention",),
    prompts=(WEBHOOK, NEW_LINK, "mutation requestPaymentLink"),
    early=0.5,
    written="updatedAt",
    name="dead letters are redriven ever later, then handed to people",
)

RATE_LIMIT = window_limit(
    LIMITED,
    from_parameter("RateLimits"),
    exhausted=1,
    shared=SAME_WINDOW,
    name="each window gives out its places once",
)

WINDOWS = window_limit(
    LIMITED,
    from_parameter("RateLimits"),
    shared=SAME_WINDOW,
    name="no window gives out a place twice",
)

ALWAYS = (
    LIFECYCLE,
    NOTHING_LOST,
    PAID_FIRST,
    ONE_CHARGE_APPLIED,
    TOTALS,
    TRACED,
    REFUSED_WRITES_NOTHING,
    OWN_ORDERS,
    TOLD,
    WINDOWS,
    NO_SECRET,
)
"""Judge everything that a stage went through, contract cases included."""
