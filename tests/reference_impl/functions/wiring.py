"""Functions wired to fakes through bootstrap, and events as API Gateway and SQS give them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from aws_lambda_powertools import Logger
from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_non_null_type,
)
from larder.bootstrap import Parts
from larder.domain.redrives import RedriveSchedule
from larder.functions.edge import CustomersEdge, Edge
from larder.functions.fields import Fields
from larder.functions.guard import CustomersGuard, Guard
from larder.resilience.rate_limit import Allowance
from larder.resilience.schedule import Schedule
from larder.services.errors import StoreUnavailable
from larder.services.parse_list import ModelPorts
from larder.services.ports import DeadMessage
from larder.services.receive_webhook import WebhookPorts
from larder.services.reconcile import ReconcileRules
from larder.services.redrive import RedrivePorts
from larder.services.refund import RefundRules
from larder.services.remind import RemindRules
from larder.services.settle import ProviderPorts
from larder.services.steps import StepPorts
from larder.services.tokens import BadToken, Identity

from harness.sdl import build_schema
from tests.reference_impl.fakes import (
    CountingIds,
    FakeAlerts,
    FakeAnnouncements,
    FakeAudit,
    FakeBreaker,
    FakeBus,
    FakeCatalogue,
    FakeClock,
    FakeLinks,
    FakeModel,
    FakeOrders,
    FakeProvider,
    FakeQueues,
    FakeWaits,
    Trouble,
)
from tests.reference_impl.samples import SHOP

CONTRACTS = Path(__file__).parents[3] / "contracts"
OPENAPI = CONTRACTS / "openapi.yaml"
SCHEMA = CONTRACTS / "schema.graphql"
SECRET = "sk_test_secret"
CUSTOMER = "customer-001"


@dataclass
class FakeTokens:
    """``Bearer NAME`` is the token of the customer of that name."""

    def identity(self, authorization: str | None) -> Identity:
        scheme, _, name = (authorization or "").partition(" ")
        if scheme != "Bearer" or not name:
            raise BadToken("there is no bearer token")
        return Identity(name, "standard", "shop", f"{name}@example.com")


@dataclass
class FakeLimiter:
    """Lets ``limit`` requests through; ``taken`` keeps who asked for what."""

    limit: int = 100
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    down: bool = False

    def take(self, user_id: str, operation: str, tier: str) -> Allowance:
        if self.down:
            raise StoreUnavailable("The table does not answer.")
        self.taken.append((user_id, operation, tier))
        left = self.limit - len(self.taken)
        return Allowance(left >= 0, self.limit, max(left, 0), reset=1_795_251_660)


@dataclass
class FakeReceived:
    """What was hidden, for how long, and what was buried."""

    hidden: list[tuple[str, int]] = field(default_factory=list)
    buried: list[DeadMessage] = field(default_factory=list)
    trouble: Trouble = field(default_factory=Trouble)

    def hide(self, receipt: str, seconds: int) -> None:
        self.hidden.append((receipt, seconds))

    def bury(self, message: DeadMessage) -> None:
        self.trouble.at("bury", StoreUnavailable, lambda: self.buried.append(message))


class FakeProbes:
    """Looks that find everything well, but what is said to be ill."""

    def __init__(self) -> None:
        self.ill: set[str] = set()

    def checks(self) -> Mapping[str, Callable[[], None]]:
        return {name: lambda name=name: self._look(name) for name in ("orders-table", "pay-queue")}

    def _look(self, name: str) -> None:
        if name in self.ill:
            raise StoreUnavailable(name)


class World(Parts):
    """Every part a fake. ``send`` and ``deliver`` speak to a function as AWS would."""

    def __init__(self) -> None:
        super().__init__({})
        self.clock = FakeClock()  # type: ignore[assignment]
        self.ids = CountingIds()  # type: ignore[assignment]
        self.chance = lambda: 0.0
        fakes: dict[str, Any] = {
            "logger": Logger(service="test", level="CRITICAL"),
            "orders": FakeOrders(),
            "links": FakeLinks(),
            "catalogue": FakeCatalogue(SHOP),
            "audit": FakeAudit(),
            "work_queues": FakeQueues(),
            "bus": FakeBus(),
            "subscribers": FakeBus(),
            "alerts": FakeAlerts(),
            "model": FakeModel(),
            "provider": FakeProvider(),
            "tokens": FakeTokens(),
            "limiter": FakeLimiter(),
            "probes": FakeProbes(),
            "schedule": Schedule((1, 2, 4, 8, 16), 30),
            "reconcile_rules": ReconcileRules(),
            "remind_rules": RemindRules(),
            "refund_rules": RefundRules(),
            "authorizer_ttl": 60,
        }
        self.__dict__.update(fakes)
        self.__dict__["announcements"] = FakeAnnouncements(self.orders)
        self.breakers = {"paystack": FakeBreaker(), "bedrock": FakeBreaker()}
        self.receivers: dict[str, FakeReceived] = {}
        self.__dict__.update(self._ports())

    def _ports(self) -> dict[str, Any]:
        shared = (self.audit, self.clock, self.ids, self.logger)
        guard = CustomersGuard(*shared, self.tokens, self.limiter)
        return {
            "customers_guard": guard,
            "customers_edge": CustomersEdge(guard),
            "fields": Fields(guard),
            "guard": Guard(*shared),
            "open_edge": Edge(Guard(*shared)),
            "step_ports": StepPorts(self.orders, self.clock, FakeWaits(), self.chance),
            "model_ports": ModelPorts(self.model, self.breakers["bedrock"], 3),
            "provider_ports": ProviderPorts(self.provider, self.breakers["paystack"], self.alerts),
            "redrive_ports": RedrivePorts(
                self.orders, self.work_queues, self.alerts, self.clock, RedriveSchedule()
            ),
            "webhook_ports": WebhookPorts(
                lambda: SECRET,
                self.orders,
                self.links,
                self.work_queues,
                self.audit,
                self.clock,
                self.ids,
            ),
        }

    def breaker(self, dependency: str) -> Any:
        return self.breakers[dependency]

    def received(self, queue: str) -> Any:
        return self.receivers.setdefault(queue, FakeReceived())

    def received_dead(self, queue: str) -> Any:
        return self.received(f"{queue}-dlq")

    def dead_letter_url(self, queue: str) -> str:
        return f"https://sqs.example/1/{queue}-dlq"

    def request_retry(self, seconds_left: float) -> Any:
        return lambda work: work()


class Context:
    """What Lambda tells of an invocation."""

    aws_request_id = "8e5f9a44-7f6e-4f0a-9a83-6f6d0b0d5a01"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def problem(self) -> str:
        """The last part of its problem type."""
        return str(self.body["type"]).rsplit("/", 1)[-1]


def send(
    handler: Any,
    *,
    token: str | None = CUSTOMER,
    body: object = None,
    raw: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, list[str]] | None = None,
    path: Mapping[str, str] | None = None,
    base64: bool = False,
) -> Answer:
    """Send a request through API Gateway's proxy event; the body is JSON unless it is raw."""
    sent = {"Content-Type": "application/json"} if raw is None and body is not None else {}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    event = {
        "httpMethod": "ANY",
        "headers": {**sent, **(headers or {})},
        "multiValueQueryStringParameters": query,
        "pathParameters": path,
        "body": json.dumps(body) if body is not None else raw,
        "isBase64Encoded": base64,
    }
    answer = handler(event, Context())
    return Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))


@dataclass(frozen=True)
class Resolved:
    """What a function answered to AppSync."""

    data: Any
    type: str | None = None
    message: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)


def ask(
    handler: Any,
    field_name: str,
    *,
    token: str | None = CUSTOMER,
    headers: Mapping[str, str] | None = None,
    **arguments: object,
) -> Resolved:
    """Ask for a field as AppSync does; errors are held to the contract."""
    sent = {} if token is None else {"authorization": token}
    event = {
        "arguments": arguments,
        "identity": {"resolverContext": {}},
        "source": None,
        "request": {"headers": {**sent, **(headers or {})}, "domainName": None},
        "prev": None,
        "info": {"fieldName": field_name, "parentTypeName": "Query", "variables": {}},
        "stash": {},
    }
    answer = json.loads(json.dumps(handler(event, Context())))
    if "errorType" not in answer:
        assert answer.keys() == {"data"}
        return Resolved(answer["data"])
    assert answer["data"] is None
    assert answer["errorType"] in _graphql().type_map["ErrorType"].values
    assert answer["errorInfo"]["instance"] == f"urn:larder:request:{Context.aws_request_id}"
    return Resolved(None, answer["errorType"], answer["errorMessage"], answer["errorInfo"])


def assert_fits(type_name: str, value: Mapping[str, Any]) -> None:
    """What AppSync would make of it: every field is the schema's, and what can't be null isn't."""
    kind = _graphql().type_map[type_name]
    assert value.keys() <= kind.fields.keys()
    for name, described in kind.fields.items():
        inner = value.get(name)
        assert inner is not None or not is_non_null_type(described.type), name
        named = get_named_type(described.type)
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(named, GraphQLObjectType) and each is not None:
                assert_fits(named.name, each)
            elif isinstance(named, GraphQLEnumType) and each is not None:
                assert each in named.values


@cache
def _graphql() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def record(body: str, number: int = 1, **attributes: str) -> dict[str, Any]:
    """A message as SQS hands it over."""
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"r-{number}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()
        },
        "eventSourceARN": "arn:aws:sqs:eu-west-1:1:pay-dlq",
    }


def deliver(handler: Any, *records: Mapping[str, Any]) -> list[str]:
    """Deliver a batch; gives the ids of the messages that must come again."""
    answer = handler({"Records": list(records)}, Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@cache
def _openapi() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    return loaded


def _followed(described: dict[str, Any], kind: str) -> dict[str, Any]:
    if "$ref" not in described:
        return described
    found: dict[str, Any] = _openapi()["components"][kind][described["$ref"].rsplit("/", 1)[-1]]
    return found


def assert_promised(operation: str, answer: Answer) -> None:
    """The contract documents this status, its media type, headers and body."""
    contract = _openapi()
    (operation_,) = [
        method
        for item in contract["paths"].values()
        for method in item.values()
        if method.get("operationId") == operation
    ]
    response = _followed(operation_["responses"][str(answer.status)], "responses")
    for name, described in response.get("headers", {}).items():
        header = _followed(described, "headers")
        assert name in answer.headers or not header.get("required"), name
    schema = response["content"][answer.headers["Content-Type"]]["schema"]
    validator = jsonschema_rs.validator_for({**schema, "components": contract["components"]})
    validator.validate(answer.body)
