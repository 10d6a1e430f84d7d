"""Nobody waits for ever: whichever call is slow or never answered, everything still ends right."""

from harness import AWS, Budget, Stage, plans, scenario
from scenarios.baskets import Basket, baskets
from scenarios.doubles.bedrock import BEDROCK
from scenarios.doubles.paystack import PAYSTACK
from scenarios.laws import (
    GIVES_UP,
    IDEMPOTENT,
    IDEMPOTENT_MUTATION,
    LIFECYCLE,
    NOTHING_LOST,
    ONE_CHARGE_APPLIED,
    PAID_FIRST,
    TOLD,
    TOTALS,
)
from scenarios.shop import Shop
from scenarios.waiting import LINKED, are

SLOW = ("no answer", "latency")

HOPS = (
    ("dynamodb", "PutItem", "SubmitGroceryListFunction"),
    ("events", "PutEvents", "EventHandlerFunction"),
    ("sqs", "SendMessage", "StartNextStepFunction"),
    ("dynamodb", "GetItem", "TextParserFunction"),
    ("dynamodb", "UpdateItem", "TextParserFunction"),
    ("dynamodb", "UpdateItem", "ProductMatcherFunction"),
    ("dynamodb", "PutItem", "PaymentProcessorFunction"),
    ("sqs", "SendMessage", "PaymentWebhookFunction"),
    ("dynamodb", "UpdateItem", "ProcessOrderFunction"),
)
"""Service, operation and who calls it, on an order's way."""

# A customer's requests, which are no order's.
COUNTING = AWS("dynamodb", "UpdateItem", function="SubmitGroceryListFunction", ways=SLOW).counted(
    per_key=False
)

MENUS = (
    COUNTING,
    *(AWS(service, operation, function=by, ways=SLOW) for service, operation, by in HOPS),
    BEDROCK.doing("hold").counted(per_key=False),  # it isn't told whose list it reads
    PAYSTACK.of("transaction.initialize", "transaction.verify").doing("hold"),
)


@scenario(
    work=baskets(count=(5, 6)),
    faults=plans(*MENUS, least=3, most=4),
    laws=[
        GIVES_UP,
        LIFECYCLE,
        NOTHING_LOST,
        ONE_CHARGE_APPLIED,
        PAID_FIRST,
        TOTALS,
        TOLD,
        IDEMPOTENT,
        IDEMPOTENT_MUTATION,
    ],
    budget=Budget(cases=1, entities=5),
)
def time_outs(stage: Stage, work: tuple[Basket, ...]) -> None:
    """Tables, queues, bus, model and provider are slow or silent, one call here and one there."""
    shop = Shop(stage)
    orders = stage.together(map(shop.submit, work))
    stage.until(are(orders, LINKED), measure="to link")
    stage.together(map(shop.pays, orders))
    stage.until(are(orders, {"FULFILLED"}), measure="to fulfilled")
    stage.together(map(shop.submits_again, orders))
    stage.together(map(shop.reads, orders))
