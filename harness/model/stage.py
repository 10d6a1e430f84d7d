"""A stage: one deployed instance of the application, and what its target can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """What a target was measured to do."""

    REST_AUTHORIZERS = "rest-authorizers"
    GATEWAY_RESPONSES = "gateway-responses"
    ANY_BODY = "any-body"
    """A body reaches the function whatever its content type says of it."""
    REQUEST_VALIDATION = "request-validation"
    API_KEYS = "api-keys"
    THROTTLES = "throttles"
    QUEUE_PARTIAL_BATCH = "queue-partial-batch"
    QUEUE_CONCURRENCY = "queue-concurrency"
    """An event source invokes its function for several batches at the same time."""
    QUEUE_VISIBILITY = "queue-visibility"
    QUEUE_DELAY = "queue-delay"
    QUEUE_PEEK = "queue-peek"
    REDRIVE = "redrive"
    FIFO_QUEUES = "fifo-queues"
    STREAM_RETRY = "stream-retry"
    STREAM_PARTIAL_BATCH = "stream-partial-batch"
    STREAM_BISECT = "stream-bisect"
    STREAM_RETRY_LIMIT = "stream-retry-limit"
    STREAM_ON_FAILURE = "stream-on-failure"
    STREAM_READ = "stream-read"
    CONDITIONAL_WRITES = "conditional-writes"
    TRANSACTIONS = "transactions"
    TTL = "ttl"
    BUS_TO_QUEUE = "bus-to-queue"
    BUS_PATTERNS = "bus-patterns"
    BUS_RETRIES = "bus-retries"
    """A target that failed gets the event again."""
    BUS_DEAD_LETTERS = "bus-dead-letters"
    """An event that can't be delivered lands in its target's dead-letter queue."""
    TOPIC_TO_QUEUE = "topic-to-queue"
    TOPIC_FILTERS = "topic-filters"
    SCHEDULES = "schedules"
    FUNCTION_LOGS = "function-logs"
    INVOKE = "invoke"
    FUNCTION_TIMEOUTS = "function-timeouts"
    RESERVED_CONCURRENCY = "reserved-concurrency"
    ASYNC_RETRIES = "async-retries"
    ASYNC_ON_FAILURE = "async-on-failure"
    CONTROL = "control"
    """The stage is ours: doubles, faults and clean-up are allowed."""
    PROCESSES = "processes"
    """Functions are local processes that can be told apart and killed."""
    WIRE = "wire"
    """Functions take the address of AWS from their environment: calls can be seen and failed."""
    WAF = "waf"
    IAM = "iam"
    APPSYNC = "appsync"
    """Whether an application's GraphQL API can be served by it."""
    APPSYNC_LISTS = "appsync-lists"
    APPSYNC_ERRORS = "appsync-errors"
    APPSYNC_FIELD_AUTH = "appsync-field-auth"
    APPSYNC_PIPELINES = "appsync-pipelines"
    APPSYNC_SUBSCRIPTIONS = "appsync-subscriptions"
    COGNITO = "cognito"
    PIPES = "pipes"
    SECRET_ROTATION = "secret-rotation"  # noqa: S105 (no password)
    S3_VERSIONING = "s3-versioning"
    S3_TO_QUEUE = "s3-to-queue"
    ALARMS = "alarms"
    STEP_FUNCTIONS = "step-functions"
    CUSTOM_RESOURCES = "custom-resources"
    TRACES = "traces"


@dataclass(frozen=True)
class Measured:
    """One capability's measurement."""

    capability: Capability
    has: bool
    how: str
    """What was tried and what happened: the reason shown with an ``unknown(capability)``."""


@dataclass(frozen=True)
class Identity:
    """Somebody who calls the stage."""

    name: str
    token: str | None
    """The bearer token; None for somebody without one. Never recorded."""
    subject: str = ""
    tier: str = ""
    email: str = ""
    api_key: str | None = None
    """Sent as ``x-api-key`` to GraphQL, and to REST in the header that its contract names. Never
    recorded."""
    aws: Mapping[str, str] | None = None
    """The AWS credentials that sign what it asks, as boto3 takes them. Never recorded."""


@dataclass(frozen=True)
class Stage:
    """One deployed instance: endpoints, resources, capabilities, from the stack's outputs."""

    name: str
    """The stack's name."""
    target: str
    endpoint: str | None
    """Where AWS's APIs answer; None for AWS itself."""
    region: str
    credentials: Mapping[str, str]
    """``aws_access_key_id`` and so on, as boto3 takes them; empty for the caller's own."""
    base_url: str
    """Where the REST API answers, without a trailing slash."""
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    capabilities: Mapping[Capability, Measured]
    functions: Mapping[str, str] = field(default_factory=dict)
    """Logical id → function name."""
    graphql_url: str = ""
    """Where queries and mutations are posted; empty where the application has no GraphQL."""
    functions_endpoint: str | None = None
    """What functions take for AWS: the wire's address where there is one."""
    resources: Mapping[str, str] = field(default_factory=dict)
    """Logical id → physical id, of everything in the stack."""
    template: Mapping[str, object] = field(default_factory=dict)
    """As it was deployed."""
    described: Mapping[str, object] = field(default_factory=dict)
    """The template with what the target lacks, too."""
    pruned: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()
    """Where values of what stands in for the pruned were put."""
    digests: Mapping[str, str] = field(default_factory=dict)

    def can(self, capability: Capability) -> bool:
        """Whether the target was measured to do this."""
        measured = self.capabilities.get(capability)
        return measured is not None and measured.has

    def lacks(self, capability: Capability) -> str:
        """Why it can't: what was tried and what happened."""
        measured = self.capabilities.get(capability)
        return measured.how if measured else f"{capability} was never measured on {self.target}"
