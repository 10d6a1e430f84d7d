"""Calls by operation, and what the history knows of them."""

import re

import pytest

from harness.clients import ClientError, Rest
from harness.engine.loop import Loop
from harness.model import Identity
from harness.recorder import Recorder
from tests.harness.clients.server import Server

ALICE = Identity("alice", "token-of-alice")


def test_an_operation_is_called_by_its_name_with_everything_in_its_place(
    rest: Rest, server: Server, loop: Loop
) -> None:
    server.status, server.body = 201, {"orderId": "o1"}
    answer = loop.run(
        rest.call(
            "placeOrder", ALICE, query={"dry": True, "none": None},
            headers={"Idempotency-Key": "k"}, body={"list": "milk"},
        )
    )  # fmt: skip
    [asked] = server.got
    assert (asked.method, asked.path, asked.query) == ("POST", "/v1/orders", {"dry": "true"})
    assert (asked.body, asked.headers["Content-Type"]) == (b'{"list": "milk"}', "application/json")
    assert asked.headers["Authorization"] == "Bearer token-of-alice"
    assert asked.headers["Idempotency-Key"] == "k"
    assert (answer.status, answer["orderId"], answer.ok) == (201, "o1", True)


def test_a_call_is_recorded_under_its_template_and_the_entity_that_the_answer_names(
    rest: Rest, server: Server, loop: Loop, recorder: Recorder
) -> None:
    server.body = {"orderId": "o1"}
    loop.run(rest.call("placeOrder", ALICE, body={}))
    loop.run(rest.call("getOrder", ALICE, path={"orderId": "o2"}))
    placed, read = recorder.history.calls
    assert (placed.name, placed.start.key, placed.key) == ("POST /v1/orders", None, "o1")
    assert (read.name, read.start.key, read.key) == ("GET /v1/orders/{orderId}", "o2", "o2")
    assert placed.start.feed == "client"


@pytest.mark.parametrize(
    ("status", "kind"), [(200, "ok"), (302, "ok"), (404, "fail"), (429, "fail"), (503, "info")]
)
def test_a_status_says_whether_it_was_done_refused_or_perhaps_done(
    rest: Rest, server: Server, loop: Loop, recorder: Recorder, status: int, kind: str
) -> None:
    server.status = status
    loop.run(rest.call("listOrders"))
    assert [c.outcome for c in recorder.history.calls] == [kind]


def test_no_answer_in_time_means_that_it_may_have_happened(
    rest: Rest, server: Server, loop: Loop, recorder: Recorder
) -> None:
    server.silent = True
    answer = loop.run(rest.call("placeOrder", body={}))
    assert (answer.status, answer.ok) == (None, False)
    assert "Timeout" in (answer.error or "")
    assert [c.outcome for c in recorder.history.calls] == ["info"]


def test_a_broken_connection_is_not_tried_again(
    rest: Rest, server: Server, loop: Loop, recorder: Recorder
) -> None:
    server.resets = True
    assert loop.run(rest.call("placeOrder", body={})).status is None
    assert len(server.got) == 1
    assert [c.outcome for c in recorder.history.calls] == ["info"]


def test_each_call_carries_a_correlation_id_of_its_own_that_servers_accept(
    rest: Rest, server: Server, loop: Loop
) -> None:
    answers = loop.together(rest.call("listOrders") for _ in range(3))
    ids = {a.headers["X-Correlation-Id"] for a in server.got}
    assert ids == {rest.correlation(a.call) for a in answers}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{8,64}", i) for i in ids)


def test_a_token_never_reaches_the_history(rest: Rest, loop: Loop, recorder: Recorder) -> None:
    loop.run(rest.call("listOrders", ALICE))
    assert b"token-of-alice" not in b"".join(r.line() for r in recorder.history)
    assert recorder.history.records[0].value["identity"] == "alice"


def test_a_path_parameter_is_one_segment_whatever_it_contains(
    rest: Rest, server: Server, loop: Loop
) -> None:
    loop.run(rest.call("getOrder", path={"orderId": "a/b?c d"}))
    assert server.got[0].path == "/v1/orders/a%2Fb%3Fc%20d"


def test_an_answer_that_is_not_json_is_its_text(rest: Rest, server: Server, loop: Loop) -> None:
    server.body = b"<html>"
    assert loop.run(rest.call("listOrders")).body == "<html>"


def test_bytes_are_sent_as_they_are(rest: Rest, server: Server, loop: Loop) -> None:
    loop.run(rest.call("placeOrder", body=b"{broken"))
    assert server.got[0].body == b"{broken"


def test_rate_limit_headers_are_recorded(
    rest: Rest, server: Server, loop: Loop, recorder: Recorder
) -> None:
    server.headers = {"X-RateLimit-Remaining": "3", "X-Internal": "secret"}
    loop.run(rest.call("listOrders"))
    end = recorder.history.calls[0].end
    assert end is not None
    assert end.value["headers"]["x-ratelimit-remaining"] == "3"
    assert b"secret" not in end.line()


@pytest.mark.parametrize(
    ("operation", "says"), [("cancelOrder", "no operation"), ("getOrder", "'orderId'")]
)
def test_a_call_that_cannot_be_made_is_told(
    rest: Rest, loop: Loop, recorder: Recorder, operation: str, says: str
) -> None:
    with pytest.raises(ClientError, match=says):
        loop.run(rest.call(operation))
    assert len(recorder) == 0


def test_a_caller_on_another_thread_can_wait_for_the_answer(rest: Rest) -> None:
    assert rest.run("listOrders").status == 200
