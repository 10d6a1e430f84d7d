"""What the host serves, records and hands on."""

import os
import socket

import pytest

from harness.doubles import DoubleError, Host
from harness.engine.loop import Loop
from harness.faults import FaultBox, fault
from harness.recorder import Recorder
from tests.harness.doubles.till import Sell, Till


def test_a_call_is_recorded_with_its_key_and_its_outcome(sell: Sell, recorder: Recorder) -> None:
    assert sell("o7").json() == {"sold": 1}
    [call] = recorder.history.calls
    assert (call.name, call.key, call.outcome, call.start.feed) == (
        "till.sell",
        "o7",
        "ok",
        "double",
    )
    assert call.end is not None
    assert call.end.value["status"] == 201


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="needs Linux's /proc")
def test_a_call_tells_which_process_made_it(sell: Sell, recorder: Recorder) -> None:
    sell()
    [call] = recorder.history.calls
    assert call.start.value["environment"] == os.getpid()


def test_an_action_of_the_doubles_own_is_done_by_the_double(
    till: Till, sell: Sell, box: FaultBox
) -> None:
    box.inject(fault("till.sell", "decline"))
    assert (sell().status, till.sold) == (402, 0)
    assert box.not_fired() == ()


def test_an_action_that_the_double_does_not_know_does_not_fire(
    sell: Sell, box: FaultBox, recorder: Recorder
) -> None:
    planned = fault("till.sell", "levitate")
    box.inject(planned)
    assert sell().status == 201
    assert box.not_fired() == (planned,)
    assert recorder.history.calls[0].fault is None


def test_faults_per_order_count_each_order_for_itself(sell: Sell, box: FaultBox) -> None:
    box.inject(fault("till.sell", "error", nth=2, per_key=True, status=503))
    assert [sell(o).status for o in ("a", "b", "b", "a", "a")] == [201, 201, 503, 503, 201]


def test_an_unknown_path_is_the_providers_own_404(sell: Sell) -> None:
    answer = sell(path="/nowhere")
    assert (answer.status, answer.json()) == (404, {"trouble": "404"})


def test_a_mistake_inside_the_double_is_kept_and_answered_500(till: Till, sell: Sell) -> None:
    assert sell(path="/mistakes").status == 500
    assert [str(e) for e in till.host.errors] == ["a mistake in the double"]


def test_a_taken_port_is_told(recorder: Recorder, box: FaultBox, loop: Loop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = Host(recorder, box, loop.asyncio, port=taken.getsockname()[1])
        with pytest.raises(DoubleError, match="can't listen"):
            loop.run(host.serve(Till(host)))


def test_a_secret_or_endpoint_that_was_never_given_is_told(till: Till) -> None:
    with pytest.raises(DoubleError, match="secret 'key'"):
        till.host.secret("key")
    with pytest.raises(DoubleError, match="endpoint 'webhook'"):
        till.host.endpoint("webhook")


def test_what_the_double_sends_is_a_call_of_its_own(
    till: Till, recorder: Recorder, loop: Loop
) -> None:
    sent = till.host.send(f"{till.host.url}/sales/o1", {}, b"{}", key="o1", value={"count": 1})
    assert loop.run(sent) == 201
    [call] = recorder.history.calls_of("till.webhook")
    assert (call.key, call.outcome) == ("o1", "ok")


def test_only_what_the_provider_itself_sends_is_told_of(till: Till, loop: Loop) -> None:
    told: list[bytes] = []
    till.host.posted.append(lambda url, headers, body: told.append(body))
    for body, genuine in ((b"{}", True), (b"forged", False)):
        loop.run(till.host.send(f"{till.host.url}/sales/o1", {}, body, genuine=genuine))
    assert told == [b"{}"]


def test_what_the_double_sends_into_the_void_perhaps_arrived(
    till: Till, recorder: Recorder, loop: Loop
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert loop.run(till.host.send(f"http://127.0.0.1:{port}/", {}, b"")) is None
    [call] = recorder.history.calls_of("till.webhook")
    assert call.outcome == "info"
