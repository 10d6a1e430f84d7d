"""Wires adapters to use cases. The only reader of the environment.

Each part is made when a function first asks for it, and what a part needs is imported then, so
that a function pays at its cold start for nothing that it doesn't use.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from larder.adapters.aws import Aws
from larder.adapters.moments import RandomIds, SystemClock

if TYPE_CHECKING:
    from larder.adapters.alerts import SnsAlerts
    from larder.adapters.announcements import DynamoAnnouncements
    from larder.adapters.audit import DynamoAudit
    from larder.adapters.bedrock import BedrockModel
    from larder.adapters.bus import EventBridgeBus
    from larder.adapters.catalogue import DynamoCatalogue
    from larder.adapters.links import DynamoLinks
    from larder.adapters.orders import DynamoOrders
    from larder.adapters.paystack import Paystack
    from larder.adapters.probes import AwsProbes
    from larder.adapters.queues import SqsReceivedMessages, SqsWorkQueues
    from larder.adapters.secrets import CachedSecret
    from larder.adapters.subscribers import Subscribers
    from larder.adapters.tokens import TokenVerifier
    from larder.domain.order import Order
    from larder.functions.edge import CustomersEdge, Edge
    from larder.functions.fields import Fields
    from larder.functions.guard import CustomersGuard, Guard
    from larder.resilience.breaker import DynamoBreaker
    from larder.resilience.rate_limit import DynamoRateLimiter
    from larder.resilience.retry import DeadlineRetry
    from larder.resilience.schedule import Schedule
    from larder.services.announce import AnnouncePorts
    from larder.services.parse_list import ModelPorts
    from larder.services.receive_webhook import WebhookPorts
    from larder.services.reconcile import ReconcileRules
    from larder.services.redrive import RedrivePorts
    from larder.services.refund import RefundRules
    from larder.services.remind import RemindRules
    from larder.services.settle import ProviderPorts
    from larder.services.steps import StepPorts

QUEUES = ("parse", "match", "pay", "fulfil")

Handler = Callable[[Mapping[str, Any], Any], Any]


class Misconfigured(Exception):
    """The environment lacks something, or holds what can't be read."""


class Parts:
    """Everything that a function may need, by an environment as template.yaml gives it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.clock = SystemClock()
        self.ids = RandomIds()
        self.chance: Callable[[], float] = random.random
        self.unix_time: Callable[[], float] = time.time
        self.steady: Callable[[], float] = time.monotonic

    @cached_property
    def logger(self) -> Logger:
        """JSON lines, never with what a customer wrote."""
        return Logger(environment=self._environ.get("ENVIRONMENT", "unknown"))

    @cached_property
    def aws(self) -> Aws:
        """The clients of this execution environment."""
        return Aws()

    @cached_property
    def orders(self) -> DynamoOrders:
        """The orders table."""
        from larder.adapters.orders import DynamoOrders

        return DynamoOrders(self.aws.client("dynamodb"), self._text("ORDERS_TABLE"), self.ids.new)

    def read_change(self, record: Mapping[str, Any]) -> tuple[Order | None, Order | None]:
        """An order before and after a record of the orders table's stream."""
        from larder.adapters.order_changes import read_change

        return read_change(record)

    def changed_order(self, record: Mapping[str, Any]) -> str:
        """The order that a record of the orders table's stream is about."""
        from larder.adapters.order_changes import changed_order

        return changed_order(record)

    @cached_property
    def announcements(self) -> DynamoAnnouncements:
        """Who was told of which change of an order."""
        from larder.adapters.announcements import DynamoAnnouncements

        return DynamoAnnouncements(self.aws.client("dynamodb"), self._text("ORDERS_TABLE"))

    @cached_property
    def links(self) -> DynamoLinks:
        """The payment links table."""
        from larder.adapters.links import DynamoLinks

        return DynamoLinks(self.aws.client("dynamodb"), self._text("PAYMENT_LINKS_TABLE"))

    @cached_property
    def catalogue(self) -> DynamoCatalogue:
        """The products table."""
        from larder.adapters.catalogue import DynamoCatalogue

        client = self.aws.client("dynamodb")
        return DynamoCatalogue(client, self._text("PRODUCTS_TABLE"), self.steady)

    @cached_property
    def audit(self) -> DynamoAudit:
        """The audit log."""
        from larder.adapters.audit import DynamoAudit

        return DynamoAudit(self.aws.client("dynamodb"), self._text("AUDIT_TABLE"))

    @cached_property
    def work_queues(self) -> SqsWorkQueues:
        """The work queues that this function may send to."""
        from larder.adapters.queues import SqsWorkQueues

        urls = {name: self._environ.get(f"{name.upper()}_QUEUE_URL") for name in QUEUES}
        known = {name: url for name, url in urls.items() if url}
        attention = self._environ.get("ATTENTION_QUEUE_URL")
        return SqsWorkQueues(self.aws.client("sqs"), known, attention)

    def received(self, queue: str) -> SqsReceivedMessages:
        """What may be done with messages received from a work queue."""
        from larder.adapters.queues import SqsReceivedMessages

        return SqsReceivedMessages(
            self.aws.client("sqs"),
            self._text(f"{queue.upper()}_QUEUE_URL"),
            self._text(f"{queue.upper()}_DLQ_URL"),
        )

    def received_dead(self, queue: str) -> SqsReceivedMessages:
        """What may be done with messages received from a work queue's dead-letter queue."""
        from larder.adapters.queues import SqsReceivedMessages

        return SqsReceivedMessages(self.aws.client("sqs"), self.dead_letter_url(queue))

    def dead_letter_url(self, queue: str) -> str:
        """Of a work queue's dead-letter queue."""
        return self._text(f"{queue.upper()}_DLQ_URL")

    @cached_property
    def bus(self) -> EventBridgeBus:
        """The event bus."""
        from larder.adapters.bus import EventBridgeBus

        return EventBridgeBus(self.aws.client("events"), self._text("BUS_NAME"))

    @cached_property
    def subscribers(self) -> Subscribers:
        """The customers' subscriptions."""
        import urllib3

        from larder.adapters.subscribers import Subscribers
        from larder.services.announce import AT_ONCE

        return Subscribers(
            urllib3.PoolManager(maxsize=AT_ONCE),
            self._text("GRAPHQL_URL"),
            self.aws.region,
            self.aws.credentials,
        )

    @cached_property
    def announce_ports(self) -> AnnouncePorts:
        """What telling of changes needs."""
        from larder.domain.order import Audience
        from larder.services.announce import AnnouncePorts, audited

        tell = {
            Audience.AUDIT: audited(self.audit),
            Audience.BUS: self.bus.publish,
            Audience.CUSTOMER: self.subscribers.publish,
        }
        return AnnouncePorts(self.orders, self.announcements, tell)

    @cached_property
    def alerts(self) -> SnsAlerts:
        """The ops topic."""
        from larder.adapters.alerts import SnsAlerts

        return SnsAlerts(self.aws.client("sns"), self._text("OPS_TOPIC_ARN"))

    @cached_property
    def model(self) -> BedrockModel:
        """The language model."""
        from larder.adapters.bedrock import BedrockModel

        client = self.aws.single_shot("bedrock-runtime", self._number("PROVIDER_TIMEOUT"))
        return BedrockModel(client, self._text("MODEL_ID"))

    @cached_property
    def provider_secret(self) -> CachedSecret:
        """Paystack's secret key."""
        from larder.adapters.secrets import CachedSecret

        client = self.aws.client("secretsmanager")
        return CachedSecret(
            client, self._text("PAYSTACK_SECRET_ARN"), self.steady, self.logger.error
        )

    @cached_property
    def provider(self) -> Paystack:
        """The payment provider."""
        import urllib3

        from larder.adapters.paystack import Paystack

        return Paystack(
            urllib3.PoolManager(),
            self._text("PAYSTACK_URL"),
            self.provider_secret.value,
            self._number("PROVIDER_TIMEOUT"),
        )

    def breaker(self, dependency: str) -> DynamoBreaker:
        """The fleet-wide breaker of ``paystack`` or ``bedrock``."""
        from larder.resilience.breaker import BreakerSettings, DynamoBreaker

        settings = BreakerSettings(
            threshold=int(self._number("BREAKER_THRESHOLD")),
            recovery=self._number("BREAKER_RECOVERY"),
            lease=self._number("PROBE_LEASE"),
        )
        return DynamoBreaker(
            self.aws.client("dynamodb"),
            self._text("BREAKERS_TABLE"),
            dependency,
            settings,
            self.unix_time,
            self.ids.new,
        )

    @cached_property
    def schedule(self) -> Schedule:
        """The waits between the attempts of a step."""
        from larder.resilience.schedule import Schedule

        return Schedule(self._numbers("RETRY_WAITS"), self._number("RETRY_CAP"))

    def request_retry(self, seconds_left: float) -> DeadlineRetry:
        """For a call on a request path whose caller waits ``seconds_left`` more seconds."""
        from larder.resilience.retry import DeadlineRetry

        return DeadlineRetry(
            schedule=self.schedule,
            deadline=self.steady() + min(seconds_left, self._number("REQUEST_DEADLINE")),
            reserve=self._number("PROVIDER_TIMEOUT"),
            clock=self.steady,
            chance=self.chance,
            sleep=time.sleep,
        )

    @cached_property
    def tokens(self) -> TokenVerifier:
        """Verifies access tokens."""
        from larder.adapters.tokens import TokenVerifier

        return TokenVerifier(
            self._text("TOKEN_KEY_SET"),
            self._text("TOKEN_ISSUER"),
            self._text("TOKEN_AUDIENCE"),
            self.unix_time,
        )

    @cached_property
    def authorizer_ttl(self) -> int:
        """Seconds that AppSync remembers a token that was let in."""
        return int(self._number("AUTHORIZER_TTL"))

    @cached_property
    def limiter(self) -> DynamoRateLimiter:
        """Counts customers' requests."""
        from larder.resilience.rate_limit import DynamoRateLimiter, Limit

        try:
            limits = {
                tier: Limit(int(each["limit"]), int(each["window"]))
                for tier, each in json.loads(self._text("RATE_LIMITS")).items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Misconfigured(
                'RATE_LIMITS must be like {"standard": {"limit": 100, "window": 60}}'
            ) from error
        client = self.aws.client("dynamodb")
        table = self._text("RATE_LIMITS_TABLE")
        return DynamoRateLimiter(client, table, limits, self.unix_time, self.ids.new)

    @cached_property
    def customers_edge(self) -> CustomersEdge:
        """For HTTP functions that serve customers."""
        from larder.functions.edge import CustomersEdge

        return CustomersEdge(self.customers_guard)

    @cached_property
    def fields(self) -> Fields:
        """For functions that resolve GraphQL fields for customers."""
        from larder.functions.fields import Fields

        return Fields(self.customers_guard)

    @cached_property
    def customers_guard(self) -> CustomersGuard:
        """What both doors do before they serve a customer."""
        from larder.functions.guard import CustomersGuard

        return CustomersGuard(
            self.audit, self.clock, self.ids, self.logger, self.tokens, self.limiter
        )

    @cached_property
    def open_edge(self) -> Edge:
        """For HTTP functions that serve anyone."""
        from larder.functions.edge import Edge

        return Edge(self.guard)

    @cached_property
    def guard(self) -> Guard:
        """What a door does that asks for no token."""
        from larder.functions.guard import Guard

        return Guard(self.audit, self.clock, self.ids, self.logger)

    @cached_property
    def probes(self) -> AwsProbes:
        """The health check's looks at our tables and queues."""
        from larder.adapters.probes import AwsProbes

        return AwsProbes(
            self.aws.client("dynamodb"),
            self.aws.client("sqs"),
            tables=self._named("_TABLE"),
            queues=self._named("_QUEUE_URL") | self._named("_DLQ_URL"),
            clock=self.steady,
        )

    @cached_property
    def step_ports(self) -> StepPorts:
        """What every step of the pipeline needs."""
        from larder.services.steps import StepPorts

        return StepPorts(self.orders, self.clock, self.schedule, self.chance)

    @cached_property
    def model_ports(self) -> ModelPorts:
        """The model behind its breaker."""
        from larder.services.parse_list import ModelPorts

        return ModelPorts(self.model, self.breaker("bedrock"), int(self._number("MODEL_ATTEMPTS")))

    @cached_property
    def provider_ports(self) -> ProviderPorts:
        """The payment provider behind its breaker."""
        from larder.services.settle import ProviderPorts

        return ProviderPorts(self.provider, self.breaker("paystack"), self.alerts)

    @cached_property
    def refund_rules(self) -> RefundRules:
        """How long a worker may be silent about a refund."""
        from larder.services.refund import RefundRules

        return RefundRules(claim=int(self._number("REFUND_CLAIM")))

    @cached_property
    def redrive_ports(self) -> RedrivePorts:
        """What redriving dead letters needs."""
        from larder.domain.redrives import RedriveSchedule
        from larder.services.redrive import RedrivePorts

        delays = tuple(int(each) for each in self._numbers("REDRIVE_DELAYS"))
        return RedrivePorts(
            self.orders, self.work_queues, self.alerts, self.clock, RedriveSchedule(delays)
        )

    @cached_property
    def reconcile_rules(self) -> ReconcileRules:
        """How patient the reconciler is."""
        from larder.services.reconcile import ReconcileRules

        return ReconcileRules(
            stall_after=int(self._number("STALL_AFTER")),
            payment_check_after=int(self._number("PAYMENT_CHECK_AFTER")),
            payment_check_most=int(self._number("PAYMENT_CHECK_MOST")),
            payment_check_for=int(self._number("PAYMENT_CHECK_FOR")),
        )

    @cached_property
    def remind_rules(self) -> RemindRules:
        """How long a change may be untold."""
        from larder.services.remind import RemindRules

        return RemindRules(after=int(self._number("TELL_AGAIN_AFTER")))

    @cached_property
    def webhook_ports(self) -> WebhookPorts:
        """What hearing the provider needs."""
        from larder.services.receive_webhook import WebhookPorts

        return WebhookPorts(
            secret=self.provider_secret.value,
            orders=self.orders,
            links=self.links,
            queues=self.work_queues,
            audit=self.audit,
            clock=self.clock,
            ids=self.ids,
        )

    def _numbers(self, name: str) -> tuple[float, ...]:
        """A setting like ``1,2,4``."""
        try:
            return tuple(float(each) for each in self._text(name).split(","))
        except ValueError as error:
            raise Misconfigured(f"{name} must be numbers with commas between") from error

    def _named(self, ending: str) -> dict[str, str]:
        """``ORDERS_TABLE`` as orders-table, and so on."""
        return {
            name.removesuffix("_URL").lower().replace("_", "-"): value
            for name, value in self._environ.items()
            if name.endswith(ending)
        }

    def _text(self, name: str) -> str:
        try:
            return self._environ[name]
        except KeyError as error:
            raise Misconfigured(f"{name} is not set; template.yaml gives it") from error

    def _number(self, name: str) -> float:
        try:
            return float(self._text(name))
        except ValueError as error:
            raise Misconfigured(f"{name} must be a number") from error


def lambda_handler(build: Callable[[Parts], Handler]) -> Handler:
    """The handler that ``build`` makes of this process's parts.

    On Lambda it is made while the module loads, before the first event; elsewhere at first use.
    """
    made: list[Handler] = []

    def handler(event: Mapping[str, Any], context: Any) -> Any:
        if not made:
            made.append(_built(build))
        return made[0](event, context)

    return _built(build) if "AWS_LAMBDA_FUNCTION_NAME" in os.environ else handler


def _built(build: Callable[[Parts], Handler]) -> Handler:
    parts = Parts(os.environ)
    wrapped: Handler = parts.logger.inject_lambda_context(build(parts), clear_state=True)
    return wrapped
