"""A double of a till, hosted for one test, and a caller that speaks HTTP with real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from harness.doubles import Host
from harness.engine.loop import Loop
from harness.faults import FaultBox
from harness.model import Header
from harness.recorder import Recorder, Redaction
from tests.harness.doubles.till import Sell, Till


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "history.jsonl", Header(), redact=Redaction.allowing(["sold"]))
    yield made
    made.close()


@pytest.fixture
def box(recorder: Recorder) -> FaultBox:
    return FaultBox(recorder)


@pytest.fixture
def host(recorder: Recorder, box: FaultBox, loop: Loop) -> Iterator[Host]:
    made = Host(recorder, box, loop.asyncio)
    yield made
    loop.run(made.stop())


@pytest.fixture
def till(host: Host, loop: Loop) -> Till:
    made = Till(host)
    loop.run(host.serve(made))
    return made


@pytest.fixture
def sell(till: Till) -> Iterator[Sell]:
    """One request without any retry; gives up after a second."""
    pool = urllib3.PoolManager(retries=False, timeout=1.0)

    def ask(order: str = "o1", *, path: str = "") -> urllib3.BaseHTTPResponse:
        return pool.request("POST", till.host.url + (path or f"/sales/{order}"), json={"n": 1})

    yield ask
    pool.clear()
