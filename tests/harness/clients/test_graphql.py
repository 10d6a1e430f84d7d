"""The GraphQL client against a server that answers what a test tells it to."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness.clients import ClientError, GraphQL
from harness.clients.realtime import realtime_url
from harness.engine.loop import Loop
from harness.model import Identity, Kind
from harness.recorder import Recorder
from harness.specs import read_graphql
from tests.harness.clients.server import Server

ADA = Identity("ada", "a.token")


@pytest.fixture
def graphql(server: Server, recorder: Recorder, loop: Loop) -> Iterator[GraphQL]:
    url = f"{server.url}/graphql"
    made = GraphQL(url, recorder, loop.asyncio, keys=("orderId",), region="eu-west-1", seconds=0.5)
    yield made
    made.close()


def test_a_call_is_posted_as_somebody(graphql: GraphQL, server: Server) -> None:
    server.body = {"data": {"order": {"orderId": "o1"}}}
    answer = graphql.run(
        "query ($i: ID!) { order(id: $i) { orderId } }", ADA, variables={"i": "o1"}
    )
    assert (answer.ok, answer["order"]) == (True, {"orderId": "o1"})
    [asked] = server.got
    assert (asked.method, asked.path) == ("POST", "/graphql")
    assert asked.headers["Authorization"] == "a.token"
    assert json.loads(asked.body)["variables"] == {"i": "o1"}


def test_it_is_recorded_without_token_or_personal_data(
    graphql: GraphQL, server: Server, recorder: Recorder
) -> None:
    server.body = {"data": {"submit": {"orderId": "o1", "email": "ada@b.example"}}}
    graphql.run('mutation { submit(list: "ada@b.example") { orderId } }', ADA)
    start, end = recorder.history.records
    assert (start.name, start.feed, end.kind, end.key) == (
        "mutation submit", "client", "ok", "o1",
    )  # fmt: skip
    assert start.value["identity"] == "ada"
    assert end.value["body"]["orderId"] == "o1"
    for record in (start, end):
        assert "a.token" not in str(record.value)
        assert "ada@b.example" not in str(record.value)


def error(kind: str) -> dict[str, object]:
    return {"data": {"x": None}, "errors": [{"errorType": kind, "message": "m", "path": ["x"]}]}


@pytest.mark.parametrize(
    ("document", "status", "body", "kind"),
    [
        ("mutation { x }", 200, {"data": {"x": 1}}, "ok"),
        ("mutation { x }", 200, error("ORDER_NOT_FOUND"), "fail"),
        ("mutation { x }", 200, error("Lambda:Unhandled"), "info"),
        ("{ x }", 200, error("Lambda:Unhandled"), "fail"),
        ("{ x y }", 200, {"data": {"x": 1, "y": None}, "errors": [{"errorType": "E"}]}, "ok"),
        ("{ x }", 401, {"errors": [{"errorType": "UnauthorizedException"}]}, "fail"),
        ("mutation { x }", 500, {"errors": [{"errorType": "InternalFailure"}]}, "info"),
        ("{ x }", 200, "no object", "fail"),
    ],
)
def test_what_an_answer_says_of_what_happened(
    graphql: GraphQL, server: Server, recorder: Recorder,
    document: str, status: int, body: object, kind: Kind,
) -> None:  # fmt: skip
    server.status, server.body = status, body
    graphql.run(document, ADA)
    assert recorder.history.records[-1].kind == kind


def test_no_answer_may_have_happened(graphql: GraphQL, server: Server, recorder: Recorder) -> None:
    server.silent = True
    answer = graphql.run("mutation { x }", ADA)
    assert (answer.status, answer.ok, answer.codes) == (None, False, ())
    assert recorder.history.records[-1].kind == "info"
    assert "Timeout" in recorder.history.records[-1].value["reason"]


def test_an_aws_identity_signs_what_it_asks(graphql: GraphQL, server: Server) -> None:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "s"}
    server.body = {"data": {"x": 1}}
    graphql.run("mutation { x }", Identity("operator", None, aws=keys))
    [asked] = server.got
    signed = asked.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    again = AWSRequest(
        "POST", graphql.url, {n: asked.headers[n] for n in signed.split(";")}, asked.body
    )
    again.context["timestamp"] = asked.headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials("AKIA", "s"), "appsync", "eu-west-1")
    expected = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )
    assert asked.headers["Authorization"].endswith(f"Signature={expected}")


def test_an_api_key_is_sent_as_such(graphql: GraphQL, server: Server) -> None:
    graphql.run("{ x }", Identity("app", None, api_key="da2-x"))
    assert server.got[0].headers["x-api-key"] == "da2-x"
    assert "Authorization" not in server.got[0].headers


def test_a_bare_name_needs_a_contract(graphql: GraphQL) -> None:
    with pytest.raises(ClientError, match="no GraphQL contract"):
        graphql.run("order", ADA)


@pytest.mark.parametrize(
    ("url", "realtime"),
    [
        (
            "https://abc.appsync-api.eu-west-1.amazonaws.com/graphql",
            "wss://abc.appsync-realtime-api.eu-west-1.amazonaws.com/graphql",
        ),
        ("https://api.shop.example/graphql", "wss://api.shop.example/graphql/realtime"),
        ("http://127.0.0.1:81/graphql", "ws://127.0.0.1:81/graphql/realtime"),
    ],
)
def test_subscriptions_connect_where_appsync_has_them(url: str, realtime: str) -> None:
    assert realtime_url(url) == realtime


def test_an_error_that_needs_a_fault_may_have_happened(
    server: Server, recorder: Recorder, loop: Loop, tmp_path: Path
) -> None:
    (tmp_path / "schema.graphql").write_text(
        'type Query { a: Int }\ntype Mutation {\n"Submits. Errors: TAKEN. Under fault: DOWN."\n'
        "submit: Int }\n"
    )
    contract = read_graphql(tmp_path, "schema.graphql")
    graphql = GraphQL(server.url, recorder, loop.asyncio, contract=contract)
    for code in ("TAKEN", "DOWN"):
        server.body = error(code)
        graphql.run("mutation { submit }", ADA)
    graphql.close()
    assert [r.kind for r in recorder.history.records if r.kind != "invoke"] == ["fail", "info"]
