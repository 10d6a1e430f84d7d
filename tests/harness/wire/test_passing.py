"""Requests and answers pass as they are; whatever breaks, nothing is sent twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.engine.loop import Loop
from harness.faults import FaultBox, fault
from harness.recorder import Recorder
from harness.targets import Endpoint
from harness.targets.endpoint import Python
from harness.wire import Wire, WireError
from tests.harness.wire.aws import Aws, answer
from tests.harness.wire.conftest import Client, Talk

Talking = Callable[[bytes], Talk]

GET = b"GET /b/k HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 9 * 1024 * 1024
"""More than is read before it is passed on."""


def test_requests_of_one_connection_share_one_to_aws(aws: Aws, talk: Talking) -> None:
    talking = talk(GET)
    talking.hear(b"{}")
    talking.say(GET)
    talking.hear(b"{}")
    assert (len(aws.requests), aws.connections) == (2, 1)


def test_pipelined_requests_are_answered_in_their_order(aws: Aws, talk: Talking) -> None:
    aws.answering = lambda request: answer(b"<" + request.target + b">")
    heard = talk(GET.replace(b"/k", b"/1") + GET.replace(b"/k", b"/2")).hear(b"</b/2>")
    assert heard.index(b"</b/1>") < heard.index(b"</b/2>")


def test_who_waits_to_be_told_to_go_on_is_told(aws: Aws, talk: Talking) -> None:
    talking = talk(
        b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    )
    assert talking.hear(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    talking.say(b"abc")
    talking.hear(b"{}")
    assert bytes(aws.requests[0].body) == b"abc"
    assert "expect" not in aws.requests[0].by_name


def test_a_chunked_body_arrives_whole(aws: Aws, talk: Talking) -> None:
    head = b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    talk(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").hear(b"{}")
    assert bytes(aws.requests[0].body) == b"abcde"


def test_a_large_chunked_body_is_passed_on_as_it_comes(aws: Aws, talk: Talking) -> None:
    talking = talk(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    talking.say(b"%x\r\n" % LARGE + b"z" * LARGE + b"\r\n0\r\n\r\n")
    talking.hear(b"{}")
    assert len(aws.requests[0].body) == LARGE


def test_the_answer_to_head_has_a_length_and_no_body(aws: Aws, talk: Talking) -> None:
    aws.answering = lambda r: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n" if r.method == b"HEAD" else answer(b"body")
    )
    talking = talk(GET.replace(b"GET", b"HEAD"))
    assert b"Content-Length: 77" in talking.hear(b"\r\n\r\n")
    talking.say(GET)
    assert talking.hear(b"body").endswith(b"\r\n\r\nbody")
    assert aws.connections == 1


def test_a_compressed_answer_stays_compressed(aws: Aws, talk: Talking) -> None:
    aws.answering = lambda _: answer(
        b"\x1f\x8b-not-ours-to-read", "200 OK", "Content-Encoding: gzip"
    )
    heard = talk(GET).hear(b"read")
    assert b"Content-Encoding: gzip" in heard
    assert heard.endswith(b"\x1f\x8b-not-ours-to-read")


def test_an_answer_without_a_length_ends_with_its_connection(aws: Aws, talk: Talking) -> None:
    aws.answering, aws.closes = lambda _: b"HTTP/1.1 200 OK\r\n\r\nall of it", True
    assert talk(GET).hear_out().endswith(b"all of it")


def test_an_answer_that_breaks_off_breaks_off(aws: Aws, talk: Talking, recorder: Recorder) -> None:
    aws.answering, aws.closes = lambda _: answer(b"0123456789")[:-4], True
    with pytest.raises(ConnectionResetError):
        talk(GET).hear_out()
    [call] = recorder.history.calls
    assert call.end
    assert (call.end.kind, call.end.value["reason"]) == ("info", "AWS broke off its answer")


def test_no_answer_is_told_in_words(aws: Aws, talk: Talking, recorder: Recorder) -> None:
    aws.answering = lambda _: b""
    heard = talk(GET).hear_out()
    assert heard.startswith(b"HTTP/1.1 502")
    assert b"AWS ended the connection without an answer" in heard
    assert len(aws.requests) == 1
    assert recorder.history.calls[0].outcome == "info"


def test_an_answer_that_is_no_http_is_not_passed_for_one(aws: Aws, talk: Talking) -> None:
    aws.answering = lambda _: b"220 mail.example ESMTP\r\n"
    with pytest.raises((ConnectionResetError, AssertionError)):
        talk(GET).hear(b"HTTP/1.1 200")


def test_an_aws_that_is_gone_is_told_in_words(
    aws: Aws, talk: Talking, loop: Loop, recorder: Recorder
) -> None:
    loop.run(aws.close())
    assert b"doesn't answer" in talk(GET).hear_out()
    assert recorder.history.calls[0].outcome == "info"


def test_an_aws_that_comes_back_is_used_again(aws: Aws, talk: Talking) -> None:
    aws.closes = True
    talk(GET).hear(b"{}")
    aws.closes = False
    talk(GET).hear(b"{}")
    assert (len(aws.requests), aws.connections) == (2, 2)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", b"501"),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", b"431"),
    ],
    ids=["no HTTP", "an upgrade", "an endless head"],
)
def test_what_is_no_request_is_refused(aws: Aws, talk: Talking, sent: bytes, status: bytes) -> None:
    assert talk(sent).hear(b"\r\n\r\n").startswith(b"HTTP/1.1 " + status)
    assert aws.requests == []


def test_who_closes_after_one_request_is_closed_on(aws: Aws, talk: Talking) -> None:
    sent = GET.replace(b"Host: x", b"Host: x\r\nConnection: close")
    assert talk(sent).hear_out().endswith(b"{}")
    assert "connection" not in aws.requests[0].by_name


def test_a_caller_that_leaves_gets_its_effect_and_no_answer(
    aws: Aws, wire: Wire, box: FaultBox, recorder: Recorder
) -> None:
    box.inject(fault("s3.GetObject", "latency", seconds=0.2))
    talking = Talk(wire.port)
    talking.say(GET)
    talking.close()
    assert recorder.await_more(0, 2) or len(recorder) > 0
    deadline = recorder.now() + 5
    while not recorder.history.calls[0].end and recorder.now() < deadline:
        recorder.await_more(len(recorder), 0.05)
    assert recorder.history.calls[0].end is not None
    assert recorder.history.calls[0].end.value["reason"] == "the caller had gone"
    assert len(aws.requests) == 1


def test_large_objects_go_through_whole_both_ways(real: Wire, client: Client) -> None:
    s3 = client(real, "s3")
    s3.create_bucket(Bucket="large-objects")
    s3.put_object(Bucket="large-objects", Key="a/b c", Body=bytes(range(256)) * 40_000)
    body = s3.get_object(Bucket="large-objects", Key="a/b c")["Body"].read()
    assert body == bytes(range(256)) * 40_000
    assert s3.head_object(Bucket="large-objects", Key="a/b c")["ContentLength"] == len(body)


def test_a_port_that_is_taken_is_told(wire: Wire, recorder: Recorder, loop: Loop) -> None:
    other = Wire(recorder, wire.faults, loop.asyncio, port=wire.port)
    with pytest.raises(WireError, match=f"127.0.0.1:{wire.port}: it is taken"):
        other.open(_same(wire))


def test_an_address_that_is_not_plain_http_is_refused(
    open_to: Callable[[str], Wire],
) -> None:
    with pytest.raises(WireError, match="it takes http:// addresses"):
        open_to("https://dynamodb.eu-west-1.amazonaws.com")


def _same(wire: Wire) -> Endpoint:
    return Endpoint("t", wire.url, "us-east-1", {}, Python("3.11", ""), {}, Path())
