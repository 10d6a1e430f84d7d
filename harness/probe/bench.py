"""The probe's stack, deployed, and what is done with it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from harness.deploy import Application, apply, remove, run_on
from harness.model import Stage
from harness.targets import Aws, Endpoint

STACK = Path(__file__).with_name("stack") / "template.yaml"
_LOOK = 0.1
"""Seconds between two looks at something that should happen."""


@dataclass(frozen=True)
class Answered:
    """What the API answered."""

    status: int
    kind: str
    body: Any


@dataclass(frozen=True, eq=False)
class Bench:
    """A deployed probe stack. Safe to share between threads."""

    stage: Stage
    aws: Aws
    tag: str = field(default_factory=lambda: uuid4().hex[:8])
    """Makes names that nobody else has."""

    @classmethod
    def deploy(cls, endpoint: Endpoint, signal: Callable[[str], None]) -> "Bench":
        """Deploy it.

        Raises:
            DeployError, TargetError: why that can't be done.
        """
        stage = apply(
            Application(root=STACK.parent, template=STACK, base_url="Url"),
            endpoint,
            stack="stageproof-probe",
            parameters={"Runtime": f"python{endpoint.python.version}"},
            environment={},
            owner=run_on(endpoint),
            signal=signal,
        )
        return cls(stage, Aws.of(stage))

    def remove(self) -> None:
        """Take it away."""
        remove(self.stage)

    def client(self, service: str) -> Any:
        """boto3's client."""
        return self.aws.client(service)

    def out(self, name: str) -> str:
        """An output of the stack."""
        return self.stage.outputs[name]

    def name(self, what: str) -> str:
        """A name of this probe's own."""
        return f"probe-{what}-{self.tag}"

    def get(self, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """Call the REST API; ``_`` in a header's name is a dash."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(self.stage.base_url + path, body, {"Content-Type": "application/json", **named})

    def put(self, output: str, key: str, **more: Mapping[str, str]) -> None:
        """Write a row."""
        self.client("dynamodb").put_item(
            TableName=self.out(output), Item={"id": {"S": key}, **more}
        )

    def send(self, output: str, body: str, **more: int) -> None:
        """Send a message."""
        self.client("sqs").send_message(QueueUrl=self.out(output), MessageBody=body, **more)

    def queue(self, what: str, **attributes: str) -> tuple[str, str]:
        """A queue of the probe's own: its URL and ARN."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=self.name(what), Attributes=attributes)["QueueUrl"]
        read = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, read["Attributes"]["QueueArn"]

    def received(self, url: str, seconds: float, body: str | None = None) -> list[str]:
        """What comes out of a queue within so many seconds: as soon as anything does, or, of a
        queue that others use as well, this ``body``."""
        sqs, found = self.client("sqs"), list[str]()

        def some() -> bool:
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            found.extend(m["Body"] for m in got.get("Messages", []))
            return bool(found) if body is None else body in found

        within(seconds, some)
        return found

    def invoke(self, function: str, event: Mapping[str, Any], **more: str) -> tuple[str, Any]:
        """Invoke a function of the stack: its error's kind (or nothing) and its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=self.stage.functions[function], Payload=json.dumps(event).encode(), **more
        )
        read = answer["Payload"].read()
        return answer.get("FunctionError") or "", json.loads(read) if read else None

    def arn(self, function: str) -> str:
        """A function's ARN."""
        named = self.stage.functions[function]
        read = self.client("lambda").get_function(FunctionName=named)
        return str(read["Configuration"]["FunctionArn"])

    def seen(self, what: str) -> list[float]:
        """When the stack's functions saw it, in seconds since the epoch."""
        found = self.client("dynamodb").query(
            TableName=self.out("Seen"),
            KeyConditionExpression="what = :w",
            ExpressionAttributeValues={":w": {"S": what}},
            ConsistentRead=True,
        )
        return [float(item["at"]["S"].split("-")[0]) for item in found["Items"]]


def within(seconds: float, met: Callable[[], bool]) -> bool:
    """Watch until it is so; False when time is up."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK)
    return True


def call(url: str, body: bytes | None, headers: Mapping[str, str]) -> Answered:
    """One HTTP request to loopback, whatever proxy the user has."""
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310 (ours)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            return Answered(answer.status, answer.headers.get("Content-Type", ""), _read(answer))
    except urllib.error.HTTPError as error:
        return Answered(error.code, error.headers.get("Content-Type", ""), _read(error))


def _read(answer: Any) -> Any:
    text = answer.read() or b"null"
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("utf-8", "replace")
