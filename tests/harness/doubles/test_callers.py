"""Who called: the process at the other end, and the function that it runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.faults import FaultBox, fault
from harness.recorder import Recorder
from tests.harness.doubles.till import Till

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")

_CALL = "import sys, urllib.request as u; u.urlopen(u.Request(sys.argv[1], b'{}', method='POST'))"


def called_by_function(till: Till, name: str | None) -> "subprocess.CompletedProcess[bytes]":
    """Another process sells something, as the Lambda function of this name would."""
    environ = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    if name:
        environ["AWS_LAMBDA_FUNCTION_NAME"] = name
    command = [sys.executable, "-S", "-c", _CALL, till.host.url + "/sales/o1"]
    return subprocess.run(command, env=environ, capture_output=True, check=False)


def test_a_call_of_a_function_tells_its_name_and_process(till: Till, recorder: Recorder) -> None:
    assert called_by_function(till, "pay").returncode == 0
    [call] = recorder.history.calls
    assert call.start.value["function"] == "pay"
    assert call.start.value["environment"] != os.getpid()


def test_two_processes_are_two_environments(till: Till, recorder: Recorder) -> None:
    called_by_function(till, "pay")
    called_by_function(till, "pay")
    assert len({c.start.value["environment"] for c in recorder.history.calls}) == 2


def test_a_fault_can_be_for_the_calls_of_one_function(till: Till, box: FaultBox) -> None:
    planned = fault("till.sell", "error", nth=None, status=500)
    at = planned.at.model_copy(update={"function": "pay"})
    box.inject(planned.model_copy(update={"at": at}))
    assert called_by_function(till, "match").returncode == 0
    assert called_by_function(till, "pay").returncode != 0


@pytest.mark.parametrize(("place", "sold"), [("before", 0), ("after", 1)])
def test_a_kill_ends_the_function_in_the_middle_of_its_call(
    till: Till, box: FaultBox, place: str, sold: int
) -> None:
    box.inject(fault("till.sell", "kill", place=place))  # type: ignore[arg-type]
    assert called_by_function(till, "pay").returncode == -signal.SIGKILL
    assert till.sold == sold
