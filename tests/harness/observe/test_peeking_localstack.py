"""LocalStack's queues, through its developer endpoint and through our executor's."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from harness.model import Stage
from harness.observe import peeker_of
from harness.observe.peeking import Peeked


class Server(ThreadingHTTPServer):
    """Answers by path, and remembers what was asked."""

    answers: dict[str, Any]
    asked: list[str]


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert isinstance(self.server, Server)
            self.server.asked.append(self.path)
            path = self.path.split("?")[0]
            known = path in self.server.answers
            body = json.dumps(self.server.answers.get(path)).encode() if known else b"no"
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with Server(("127.0.0.1", 0), Handler) as running:
        running.answers, running.asked = {}, []
        threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        yield running
        running.shutdown()


def _stage(server: Server, key: str = "test") -> Stage:
    return Stage(
        name="s", target="localstack", endpoint=f"http://127.0.0.1:{server.server_port}",
        region="eu-west-1", credentials={"aws_access_key_id": key}, base_url="", outputs={},
        parameters={}, capabilities={},
    )  # fmt: skip


def _answered(*messages: Any) -> Any:
    one = messages[0] if len(messages) == 1 else list(messages)  # XML turned JSON
    return {"ReceiveMessageResponse": {"ReceiveMessageResult": {"Message": one}}}


def _message(id: str, receives: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "MessageId": id, "Body": "b",
        "Attribute": [{"Name": "ApproximateReceiveCount", "Value": receives}],
        "MessageAttribute": list(attributes),
    }  # fmt: skip


def test_each_queue_is_asked_for_with_its_hidden_and_delayed_messages(server: Server) -> None:
    attribute = {"Name": "orderId", "Value": {"StringValue": "o1", "DataType": "String"}}
    base = "/_aws/sqs/messages/eu-west-1/000000000000"
    server.answers = {
        f"{base}/one": _answered(_message("m1", "2", attribute)),
        f"{base}/two": _answered(_message("m2", "0"), _message("m3", "0")),
        f"{base}/none": {"ReceiveMessageResponse": {"ReceiveMessageResult": None}},
    }
    found = peeker_of(_stage(server), ["one", "two", "none"])()
    assert found["one"] == [Peeked("m1", "b", {"orderId": "o1"}, 2, 0)]
    assert [m.id for m in found["two"]] == ["m2", "m3"]
    assert found["none"] == []
    assert all("ShowInvisible=true&ShowDelayed=true" in p for p in server.asked if "_aws" in p)


def test_an_access_key_of_twelve_digits_is_the_account(server: Server) -> None:
    path = "/_aws/sqs/messages/eu-west-1/123456789012/one"
    server.answers = {path: _answered(_message("m", "0"))}
    assert len(peeker_of(_stage(server, "123456789012"), ["one"])()["one"]) == 1


def test_a_queue_that_is_gone_is_an_error_not_an_empty_one(server: Server) -> None:
    server.answers = {
        "/_aws/sqs/messages/eu-west-1/000000000000/one": {"ErrorResponse": {"Error": {}}}
    }
    with pytest.raises(ValueError, match="peeking failed"):
        peeker_of(_stage(server), ["one"])()


def test_a_localstack_of_ours_shows_all_queues_in_one_look(server: Server) -> None:
    told = {
        "MessageId": "m", "Body": "b", "MessageAttributes": {}, "ReceiveCount": 1,
        "SentTimestamp": 5.0, "VisibleAt": 7.0,
    }  # fmt: skip
    server.answers = {
        "/_process_executor": {"name": "x"},
        "/_process_executor/messages": {
            "messages": {"000000000000": {"eu-west-1": {"one": [told], "two": []}}}
        },
    }
    peek = peeker_of(_stage(server), ["one", "two"])
    server.asked.clear()
    assert peek() == {"one": [Peeked("m", "b", {}, 1, 2)], "two": []}
    (asked,) = server.asked
    assert "queues=one%2Ctwo" in asked
