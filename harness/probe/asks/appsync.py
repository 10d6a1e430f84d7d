"""AppSync: an API of direct Lambda resolvers."""

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from socket import create_connection
from typing import Any, Protocol
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench, call, within

_SCHEMA = """
type Thing { name: String }
type Query {
  one: Thing
  many: [Thing]
  fails: Thing
  piped: Thing
  hidden: Thing @aws_iam
}
type Mutation { change: Thing }
type Subscription { changed: Thing @aws_subscribe(mutations: ["change"]) }
schema { query: Query mutation: Mutation subscription: Subscription }
"""
_FIELDS = (("Query", "one"), ("Query", "many"), ("Query", "fails"), ("Query", "hidden"),
           ("Mutation", "change"))  # fmt: skip


_CHANGED = {"changed": {"name": "change"}}
"""What a subscriber gets of the mutation: its resolver tells the field's own name."""
_making = threading.Lock()


@dataclass(frozen=True)
class _Api:
    endpoint: str
    """Where the emulator answers; it knows the API by the host that is asked for."""
    host: str
    realtime: str
    key: str

    @property
    def caller(self) -> dict[str, str]:
        """Who asks, as the realtime address takes it."""
        return {"host": self.host, "x-api-key": self.key}

    def ask(self, query: str) -> dict[str, Any]:
        """Its answer; of no JSON object, that."""
        headers = {
            "x-api-key": self.key, "Content-Type": "application/json", "Host": self.host,
        }  # fmt: skip
        body = call(f"{self.endpoint}/graphql", json.dumps({"query": query}).encode(), headers).body
        return body if isinstance(body, dict) else {"answered": body}


def _api(bench: Bench) -> _Api:
    """The API that all of these questions are about, made once."""
    with _making:
        return _made(bench)


@lru_cache(maxsize=4)
def _made(bench: Bench) -> _Api:
    client = bench.client("appsync")
    made = client.create_graphql_api(name=bench.name("api"), authenticationType="API_KEY")
    api = made["graphqlApi"]
    of = {"apiId": api["apiId"]}
    client.start_schema_creation(**of, definition=_SCHEMA.encode())
    within(10, lambda: client.get_schema_creation_status(**of)["status"] in ("SUCCESS", "ACTIVE"))
    client.create_data_source(
        **of, name="echo", type="AWS_LAMBDA", serviceRoleArn=bench.out("RoleArn"),
        lambdaConfig={"lambdaFunctionArn": bench.arn("Echo")},
    )  # fmt: skip
    for kind, name in _FIELDS:
        client.create_resolver(**of, typeName=kind, fieldName=name, dataSourceName="echo")
    key = client.create_api_key(**of, expires=int(time.time()) + 86_400)["apiKey"]["id"]
    assert bench.stage.endpoint is not None  # noqa: S101 (probed through one)
    host, realtime = (urlsplit(api["uris"][x]).netloc for x in ("GRAPHQL", "REALTIME"))
    return _Api(bench.stage.endpoint, host, realtime, key)


@asks(Capability.APPSYNC_LISTS, "a direct resolver's list is the field's value")
def lists(bench: Bench) -> Answer:
    """A field of two things."""
    told = _api(bench).ask("{ many { name } }")
    fine = (told.get("data") or {}).get("many") == [{"name": "a"}, {"name": "b"}]
    return fine, f"a direct Lambda resolver that answers a list of two: {_short(told)}"


@asks(Capability.APPSYNC_ERRORS, "a resolver that raises makes an error and a null")
def errors(bench: Bench) -> Answer:
    """A field whose function raises."""
    told = _api(bench).ask("{ fails { name } }")
    data = told.get("data") or {}
    fine = bool(told.get("errors")) and data.get("fails") is None
    return fine, f"a direct Lambda resolver that raises: {_short(told)}"


@asks(Capability.APPSYNC_FIELD_AUTH, "a field that the caller's kind may not read is Unauthorized")
def field_auth(bench: Bench) -> Answer:
    """A field for IAM callers, asked with an API key."""
    told = _api(bench).ask("{ hidden { name } }")
    kinds = [e.get("errorType") for e in told.get("errors") or ()]
    fine = "Unauthorized" in kinds and (told.get("data") or {}).get("hidden") is None
    return fine, (f"a field with @aws_iam asked by a caller with an API key: {_short(told)}")


@asks(Capability.APPSYNC_PIPELINES, "a pipeline's functions run in order")
def pipelines(bench: Bench) -> Answer:
    """A pipeline of one function."""
    client, api = bench.client("appsync"), _api(bench)
    of = {"apiId": next(a["apiId"] for a in client.list_graphql_apis()["graphqlApis"]
                        if a["name"] == bench.name("api"))}  # fmt: skip
    code = (
        "export function request(ctx) { return { operation: 'Invoke', payload: ctx } }\n"
        "export function response(ctx) { return ctx.result }"
    )
    runtime = {"name": "APPSYNC_JS", "runtimeVersion": "1.0.0"}
    made = client.create_function(
        **of, name="step", dataSourceName="echo", code=code, runtime=runtime
    )["functionConfiguration"]
    around = (
        "export function request(ctx) { return {} }\n"
        "export function response(ctx) { return ctx.prev.result }"
    )
    client.create_resolver(
        **of, typeName="Query", fieldName="piped", kind="PIPELINE", code=around, runtime=runtime,
        pipelineConfig={"functions": [made["functionId"]]},
    )  # fmt: skip
    told = api.ask("{ piped { name } }")
    fine = (told.get("data") or {}).get("piped") == {"name": "piped"}
    return fine, f"a pipeline of one function: {_short(told)}"


@asks(Capability.APPSYNC_SUBSCRIPTIONS, "a subscriber gets what its mutation selected")
def subscriptions(bench: Bench) -> Answer:
    """Subscribe as AWS's clients do, mutate, and see what comes."""
    api = _api(bench)
    who = base64.b64encode(json.dumps(api.caller).encode()).decode()
    here = urlsplit(api.endpoint)
    try:
        with connect(
            f"ws://{api.realtime}/graphql?header={who}&payload=e30=", open_timeout=5,
            sock=create_connection((here.hostname or "", here.port or 80), timeout=5),
            subprotocols=[Subprotocol("graphql-ws")],
        ) as socket:  # fmt: skip
            return heard(socket, api.caller, lambda: api.ask("mutation { change { name } }"))
    except (OSError, WebSocketException, ValueError) as error:
        return False, f"the realtime address could not be connected to: {error}"


class Socket(Protocol):
    """What is used of a WebSocket."""

    def send(self, message: str) -> None:
        """Send a text."""
        ...

    def recv(self, timeout: float) -> str | bytes:
        """The next one; TimeoutError when none comes."""
        ...


def heard(socket: Socket, caller: Mapping[str, str], mutate: Callable[[], object]) -> Answer:
    """Whether a subscriber gets what a mutation selected, over a socket that is connected."""
    asked = {"query": "subscription { changed { name } }", "variables": {}}
    start = {"data": json.dumps(asked), "extensions": {"authorization": caller}}
    steps = (
        ("connection_ack", {"type": "connection_init"}),
        ("start_ack", {"id": "1", "type": "start", "payload": start}),
    )
    for wanted, message in steps:
        socket.send(json.dumps(message))
        said = _next(socket)
        if said.get("type") != wanted:
            return False, f"{message['type']} at the realtime address was answered {_short(said)}"
    mutate()
    said = _next(socket)
    fine = said.get("type") == "data" and said["payload"].get("data") == _CHANGED
    return fine, f"subscribed to a mutation that was then called: {_short(said)}"


def _next(socket: Socket) -> dict[str, Any]:
    """What it says next, but for signs of life; of nothing in time, that."""
    try:
        while True:
            said = json.loads(socket.recv(timeout=5))
            if said.get("type") != "ka":
                return dict(said)
    except TimeoutError:
        return {"type": "nothing within 5 s"}


@asks(Capability.APPSYNC, "all of the following")
def appsync(bench: Bench) -> Answer:
    """Whether an application's API can be served by it: all that direct resolvers need."""
    parts = {"lists": lists, "errors": errors, "field authorisation": field_auth}
    missing = [name for name, ask in parts.items() if not ask(bench)[0]]
    return not missing, (
        "an API of direct Lambda resolvers: "
        + (f"without {', '.join(missing)}" if missing else "lists, errors, field authorisation")
    )


def _short(told: object) -> str:
    text = json.dumps(told)
    return text if len(text) < 120 else f"{text[:119]}…"
