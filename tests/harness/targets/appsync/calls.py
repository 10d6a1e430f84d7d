"""A stage without an emulator: functions are Python functions of the test."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.deploy.tagged import load
from harness.model import Stage
from harness.targets.appsync import AppSyncFront, Invocation

TEMPLATE = Path(__file__).parent / "notes" / "template.yaml"
FUNCTIONS = ("NotesFunction", "AuditFunction", "RelatedFunction", "AuthorizerFunction")
SECRET = "not-a-real-one"
ISSUER = "https://id.notes.example"


@dataclass
class Functions:
    """Stands in for Lambda; ``handlers`` by function name, and every payload in ``calls``."""

    handlers: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    async def __call__(self, function: str, payload: Any) -> Invocation:
        self.calls.append((function, payload))
        await asyncio.sleep(0)
        try:
            result = self.handlers[function](payload)
            if asyncio.iscoroutine(result):
                result = await result
        except Exception as error:
            return Invocation(
                {"errorMessage": str(error), "errorType": type(error).__name__}, "Unhandled"
            )
        return Invocation(result)

    def payloads(self, function: str) -> list[Any]:
        return [payload for name, payload in self.calls if name == function]


def stage(**changes: Any) -> Stage:
    """The notes' stage; ``changes`` by logical id are merged into a resource's properties."""
    template = load(TEMPLATE)
    for logical, properties in changes.items():
        template["Resources"].setdefault(logical, {"Properties": {}})
        kind = properties.pop("Type_", None)
        if kind:
            template["Resources"][logical]["Type"] = kind
        template["Resources"][logical]["Properties"].update(properties)
    return Stage(
        name="notes", target="embedded", endpoint="http://127.0.0.1:9", region="eu-west-1",
        credentials={"aws_access_key_id": "test", "aws_secret_access_key": SECRET},
        base_url="", outputs={"ApiKey": "da2-good"}, parameters={"Issuer": ISSUER},
        capabilities={}, functions={name: f"notes-{name}" for name in FUNCTIONS},
        template=template,
    )  # fmt: skip


@dataclass
class Client:
    """Posts GraphQL as any HTTP client would."""

    front: AppSyncFront
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-api-key": "da2-good"})
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def post(self, body: Any, **headers: str) -> urllib3.BaseHTTPResponse:
        sent = {"content-type": "application/json", **(headers or self.headers)}
        if isinstance(body, bytes):
            return self.pool.request("POST", self.front.graphql_url, body=body, headers=sent)
        return self.pool.request("POST", self.front.graphql_url, json=body, headers=sent)

    def ask(self, query: str, variables: Any = None, **headers: str) -> dict[str, Any]:
        answer = self.post({"query": query, "variables": variables}, **headers)
        return answer.json()  # type: ignore[no-any-return]


def signed(
    front: AppSyncFront, body: Any, *, key: str = "test", secret: str = SECRET
) -> dict[str, Any]:
    """Post as an AWS identity."""
    raw = json.dumps(body).encode()
    request = AWSRequest(
        "POST", front.graphql_url, data=raw, headers={"content-type": "application/json"}
    )
    SigV4Auth(Credentials(key, secret), "appsync", "eu-west-1").add_auth(request)
    client = Client(front)
    try:
        return client.post(raw, **dict(request.headers.items())).json()  # type: ignore[no-any-return]
    finally:
        client.pool.clear()
