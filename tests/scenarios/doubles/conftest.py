"""The doubles of Larder's third parties, hosted for one test, and an application to send to."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from harness.doubles import Host
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Header
from harness.recorder import Recorder, Redaction
from scenarios.doubles import Bedrock, Issuer, Paystack
from tests.scenarios.doubles.inbox import KEY, NOW, Api, Inbox

_ALLOWED = ("reference", "transaction", "amount", "currency", "state", "event", "forged")


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "h.jsonl", Header(), redact=Redaction.allowing(_ALLOWED))
    yield made
    made.close()


@pytest.fixture
def box(recorder: Recorder) -> FaultBox:
    return FaultBox(recorder)


@pytest.fixture
def hosted(
    recorder: Recorder, box: FaultBox, loop: Loop
) -> Iterator[Callable[[Callable[[Host], Any]], Any]]:
    """Host whatever the maker makes."""
    hosts: list[Host] = []

    def start(make: Callable[[Host], Any]) -> Any:
        host = Host(recorder, box, loop.asyncio)
        double = make(host)
        loop.run(host.serve(double))
        hosts.append(host)
        return double

    yield start
    for host in hosts:
        loop.run(host.stop())


@pytest.fixture
def inbox(hosted: Callable[..., Any]) -> Inbox:
    return hosted(Inbox)  # type: ignore[no-any-return]


@pytest.fixture
def paystack(hosted: Callable[..., Any], inbox: Inbox) -> Paystack:
    double: Paystack = hosted(lambda host: Paystack(host, clock=lambda: NOW))
    double.host.bind({"webhook": inbox.host.url + "/hook"}, {"key": KEY})
    return double


@pytest.fixture
def bedrock(hosted: Callable[..., Any]) -> Bedrock:
    return hosted(Bedrock)  # type: ignore[no-any-return]


@pytest.fixture
def issuer(hosted: Callable[..., Any]) -> Issuer:
    return hosted(lambda host: Issuer(host, clock=lambda: NOW))  # type: ignore[no-any-return]


@pytest.fixture
def api(paystack: Paystack) -> Iterator[Api]:
    """Calls Paystack's API under a key."""
    pool = urllib3.PoolManager(retries=False, timeout=3)

    def call(method: str, path: str, body: Any = None, *, key: str | None = KEY) -> Any:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return pool.request(method, paystack.host.url + path, json=body, headers=headers)

    yield call
    pool.clear()
