"""AppSync's realtime protocol, message by message, over a bare websocket.

https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from harness.targets.appsync import AppSyncFront
from tests.harness.targets.appsync.calls import Client, Functions, signed

Open = Callable[..., AppSyncFront]
KEY = {"host": "notes", "x-api-key": "da2-good"}
ON_ANY = "subscription { onAny { id text } }"
SECONDS = 5


def encoded(headers: Any) -> str:
    return base64.b64encode(json.dumps(headers).encode()).decode()


@dataclass
class Talk:
    """One client's side of a connection."""

    socket: ClientConnection

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self) -> Any:
        return json.loads(self.socket.recv(SECONDS))

    def start(self, query: str, id: Any = "1", variables: Any = None, headers: Any = None) -> None:
        data = json.dumps({"query": query, "variables": variables or {}})
        extensions = {"authorization": headers or KEY}
        self.say(id=id, type="start", payload={"data": data, "extensions": extensions})

    def subscribe(self, query: str, **settings: Any) -> None:
        """Until it stands."""
        self.start(query, **settings)
        answer = self.hear()
        assert answer == {"id": settings.get("id", "1"), "type": "start_ack"}, answer


@contextmanager
def talk(front: AppSyncFront, headers: Any = None, *, init: bool = True) -> Iterator[Talk]:
    url = f"{front.realtime_url}?header={encoded(headers or KEY)}&payload=e30="
    with connect(url, subprotocols=["graphql-ws"], proxy=None) as socket:  # type: ignore[list-item]
        made = Talk(socket)
        if init:
            made.say(type="connection_init")
            assert made.hear()["type"] == "connection_ack"
            assert made.hear() == {"type": "ka"}
        yield made


def publish(front: AppSyncFront, selection: str = "id owner text state stars", **note: Any) -> None:
    query = f"mutation($n: NoteInput!) {{ publish(input: $n) {{ {selection} }} }}"
    answer = signed(front, {"query": query, "variables": {"n": note}})
    assert "errors" not in answer, answer


@pytest.fixture
def front(client: Client) -> AppSyncFront:
    return client.front


# The connection


def test_a_connection_is_acknowledged_with_its_timeout(front: AppSyncFront) -> None:
    with talk(front, init=False) as client:
        client.say(type="connection_init", payload={})
        assert client.hear() == {
            "type": "connection_ack", "payload": {"connectionTimeoutMs": 300_000}
        }  # fmt: skip


def test_signs_of_life_come_again_and_again(open_front: Open) -> None:
    with talk(open_front(keep_alive=0.01)) as client:
        assert [client.hear() for _ in range(2)] == [{"type": "ka"}] * 2


def test_credentials_may_come_in_the_subprotocol(front: AppSyncFront) -> None:
    safe = base64.urlsafe_b64encode(json.dumps(KEY).encode()).decode().rstrip("=")
    offered: Any = ["graphql-ws", f"header-{safe}"]
    with connect(front.realtime_url, subprotocols=offered, proxy=None) as socket:
        socket.send('{"type": "connection_init"}')
        assert json.loads(socket.recv(SECONDS))["type"] == "connection_ack"
        assert socket.subprotocol == "graphql-ws"


def test_an_unescaped_plus_in_the_address_is_understood(front: AppSyncFront) -> None:
    headers = {**KEY, "note": "~~~>>>???"}
    assert "+" in encoded(headers)
    with talk(front, headers):
        pass


def test_another_subprotocol_is_refused(front: AppSyncFront) -> None:
    url = f"{front.realtime_url}?header={encoded(KEY)}&payload=e30="
    with pytest.raises(InvalidStatus) as caught:
        connect(url, subprotocols=["graphql-transport-ws"], proxy=None)  # type: ignore[list-item]
    assert caught.value.response.status_code == 400


@pytest.mark.parametrize(
    ("query", "kind", "code"),
    [
        (f"header={encoded({'x-api-key': 'bad'})}&payload=e30=", "UnauthorizedException", 401),
        ("payload=e30=", "UnauthorizedException", 401),
        ("header=!!!&payload=e30=", "BadRequestException", 400),
        ("header=W10=&payload=e30=", "BadRequestException", 400),
    ],
)
def test_a_stranger_is_told_once_it_asks_and_then_left(
    query: str, kind: str, code: int, front: AppSyncFront
) -> None:
    with connect(
        f"{front.realtime_url}?{query}", subprotocols=["graphql-ws"], proxy=None
    ) as socket:  # type: ignore[list-item]
        socket.send('{"type": "connection_init"}')
        answer = json.loads(socket.recv(SECONDS))
        assert answer["type"] == "connection_error"
        [error] = answer["payload"]["errors"]
        assert (error["errorType"], error["errorCode"]) == (kind, code)
        with pytest.raises(Exception, match="4401"):
            socket.recv(SECONDS)


# Subscribing


def test_messages_come_in_order_until_it_is_stopped(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe(ON_ANY)
        for n in ("1", "2"):
            publish(front, id=n, text="t")
        assert [client.hear() for _ in range(2)] == [
            {"id": "1", "type": "data", "payload": {"data": {"onAny": {"id": n, "text": "t"}}}}
            for n in ("1", "2")
        ]
        client.say(id="1", type="stop")
        assert client.hear() == {"id": "1", "type": "complete"}
        publish(front, id="3", text="t")
        client.subscribe(ON_ANY, id="2")
        publish(front, id="4", text="t")
        assert client.hear()["payload"]["data"]["onAny"]["id"] == "4"


def test_any_of_its_mutations_feeds_a_subscription(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe(ON_ANY)
        Client(front).ask('mutation { write(input: {id: "w"}) { id } }')
        assert client.hear()["payload"]["data"]["onAny"]["id"] == "w"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("subscription { onNote(owner: \"somebody-else\") { id } }", "Lambda:Unhandled"),
        ("subscription { onNote { nope } }", None),
        ("{ bare }", "UnsupportedOperation"),
        ("subscription {", "MalformedHttpRequestException"),
    ],
)  # fmt: skip
def test_what_can_not_be_subscribed_to_is_an_error_of_its_own(
    query: str, kind: str | None, front: AppSyncFront
) -> None:
    with talk(front) as client:
        client.start(query)
        answer = client.hear()
        assert (answer["type"], answer["id"]) == ("error", "1")
        assert answer["payload"]["errors"][0].get("errorType") == kind
        client.subscribe(ON_ANY)


def test_each_subscription_is_authorised_by_itself(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.start(ON_ANY, headers={"x-api-key": "da2-bad"})
        assert client.hear()["payload"]["errors"][0]["errorType"] == "UnauthorizedException"
        client.start(ON_ANY, headers={"authorization": "let-me-in"})
        error = client.hear()["payload"]["errors"][0]
        assert (error["errorType"], error["message"]) == (
            "Unauthorized", "Not Authorized to access onAny on type Subscription"
        )  # fmt: skip


def test_the_resolver_of_the_field_is_asked_who_subscribes(
    front: AppSyncFront, functions: Functions
) -> None:
    with talk(front) as client:
        client.subscribe("subscription { onNote(state: OPEN) { id } }")
    [event] = functions.payloads("notes-NotesFunction")
    assert event["info"]["parentTypeName"] == "Subscription"
    assert event["arguments"] == {"state": "OPEN"}
    assert event["request"]["headers"]["x-api-key"] == "da2-good"


def test_an_id_is_used_once(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe(ON_ANY)
        client.start(ON_ANY)
        assert client.hear()["payload"]["errors"][0]["errorType"] == "DuplicatedOperationError"


def test_a_connection_has_a_hundred_subscriptions(front: AppSyncFront) -> None:
    with talk(front) as client:
        for n in range(100):
            client.subscribe(ON_ANY, id=str(n))
        client.start(ON_ANY, id="one more")
        [error] = client.hear()["payload"]["errors"]
        assert error["errorType"] == "MaxSubscriptionsReachedError"
        client.say(id="0", type="stop")
        assert client.hear()["type"] == "complete"
        client.subscribe(ON_ANY, id="one more")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": "ping", "id": "1"}, "UnsupportedOperation"),
        ({"type": "stop", "id": "1"}, "UnknownOperationError"),
        ({"type": "start", "id": "1"}, "BadRequestException"),
        ({"type": "start"}, "BadRequestException"),
        ({"no": "type"}, "BadRequestException"),
        ([], "BadRequestException"),
    ],
)
def test_what_is_not_understood_is_answered(message: Any, kind: str, front: AppSyncFront) -> None:
    with talk(front) as client:
        client.socket.send(json.dumps(message))
        answer = client.hear()
        assert answer["type"] == "error"
        assert answer["payload"]["errors"][0]["errorType"] == kind
        assert ("id" in answer) == ("id" in message)


def test_a_client_that_leaves_is_forgotten(open_front: Open) -> None:
    front = open_front()
    with talk(front) as client:
        client.subscribe(ON_ANY)
        assert front.subscriptions == 1
    publish(front, id="1")
    assert front.subscriptions == 0
    assert front.errors == []


# Filters


@pytest.mark.parametrize(
    ("arguments", "through"),
    [
        ("", ["1", "2", "3"]),
        ('(owner: "ada")', ["1", "2"]),
        ('(owner: "ada", state: DONE)', ["2"]),
        ("(owner: null)", ["3"]),
    ],
)
def test_arguments_are_compared_with_the_messages_fields(
    arguments: str, through: list[str], front: AppSyncFront
) -> None:
    with talk(front) as client:
        client.subscribe(f"subscription {{ onNote{arguments} {{ id }} }}")
        client.subscribe(ON_ANY, id="2")
        publish(front, id="1", owner="ada", state="OPEN")
        publish(front, id="2", owner="ada", state="DONE")
        publish(front, id="3", owner=None, state="OPEN")
        publish(front, id="last", owner="nobody", state="DONE")
        assert _until_last(client) == through


def _until_last(client: Talk) -> list[str]:
    """The ids of the first subscription's messages, until the second, unfiltered, got the last."""
    got: dict[str, list[str]] = {"1": [], "2": []}
    while "last" not in got["2"]:
        message = client.hear()
        [note] = message["payload"]["data"].values()
        got[message["id"]].append(note["id"])
    return [one for one in got["1"] if one != "last"]


def test_a_filter_on_a_field_that_the_mutation_did_not_select_lets_nothing_through(
    front: AppSyncFront,
) -> None:
    with talk(front) as client:
        client.subscribe('subscription { onNote(owner: "ada") { id } }')
        publish(front, "id", id="unseen", owner="ada")
        publish(front, "id owner", id="seen", owner="ada")
        assert client.hear()["payload"]["data"]["onNote"]["id"] == "seen"


# What a subscriber sees


def test_fields_that_the_mutation_did_not_select_are_null_or_errors(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe("subscription { onAny { id text } }")
        publish(front, "id", id="1", text="unselected")
        assert client.hear()["payload"] == {"data": {"onAny": {"id": "1", "text": None}}}
        client.subscribe("subscription { onAny { id must } }", id="2")
        publish(front, "id", id="2")
        payloads = {m["id"]: m["payload"] for m in (client.hear(), client.hear())}
        assert payloads["2"]["data"] == {"onAny": None}
        assert payloads["2"]["errors"][0]["message"].startswith("Cannot return null")


def test_aliases_and_fragments_of_the_mutation_do_not_matter(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe("subscription { mine: onAny { id words: text } }")
        publish(front, "key: id ... on Note { saying: text }", id="1", text="hi")
        assert client.hear()["payload"]["data"] == {"mine": {"id": "1", "words": "hi"}}


def test_fields_that_are_not_the_subscribers_do_not_leak(
    front: AppSyncFront, functions: Functions
) -> None:
    functions.handlers["notes-AuditFunction"] = lambda _: {"checked": "yes"}
    functions.handlers["notes-NotesFunction"] = lambda _: {"id": "1", "secret": "s"}
    with talk(front) as client:
        client.subscribe("subscription { onAny { id secret } }")
        Client(front).ask('mutation { write(input: {id: "1"}) { id secret } }')
        payload = client.hear()["payload"]
        assert payload["data"] == {"onAny": {"id": "1", "secret": None}}
        assert payload["errors"][0]["errorType"] == "Unauthorized"


def test_a_mutation_that_gave_nothing_tells_nobody(
    front: AppSyncFront, functions: Functions
) -> None:
    def refuse(_: Any) -> None:
        raise PermissionError

    with talk(front) as client:
        client.subscribe(ON_ANY)
        good, functions.handlers["notes-AuditFunction"] = (
            functions.handlers["notes-AuditFunction"], refuse
        )  # fmt: skip
        Client(front).ask('mutation { write(input: {id: "lost"}) { id } }')
        functions.handlers["notes-AuditFunction"] = good
        Client(front).ask('mutation { write(input: {id: "kept"}) { id } }')
        assert client.hear()["payload"]["data"]["onAny"]["id"] == "kept"


def test_a_message_that_is_too_large_is_not_sent(front: AppSyncFront) -> None:
    with talk(front) as client:
        client.subscribe(ON_ANY)
        publish(front, id="large", text="x" * 240 * 1024)
        publish(front, id="small", text="x")
        assert client.hear()["payload"]["data"]["onAny"]["id"] == "small"


def test_stopping_while_it_is_still_being_allowed_is_the_end_of_it(
    open_front: Open, functions: Functions
) -> None:
    asked, front = threading.Event(), open_front()

    async def never(_: Any) -> None:
        asked.set()
        await asyncio.Event().wait()

    functions.handlers["notes-NotesFunction"] = never
    with talk(front) as client:
        client.start("subscription { onNote { id } }")
        assert asked.wait(SECONDS)
        client.say(id="1", type="stop")
        assert client.hear() == {"id": "1", "type": "complete"}
        client.subscribe(ON_ANY, id="2")
        assert front.subscriptions == 1


def test_the_front_ends_the_connections_it_has(open_front: Open) -> None:
    front = open_front()
    with talk(front) as client:
        client.subscribe(ON_ANY)
        front.stop()
        with pytest.raises(ConnectionClosed):
            client.hear()
