"""A wish to end is heard wherever Python happens to be."""

import signal
import subprocess
import sys

import pytest

_IN_A_FINALIZER = """
import time, weakref
from harness.interruption import heed

class Thing: ...

def slow():
    print("in the finalizer", flush=True)
    time.sleep(60)

heed()
thing = Thing()
weakref.finalize(thing, slow)
try:
    del thing
    time.sleep(60)
except KeyboardInterrupt:
    print("heard")
"""


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_one_that_falls_into_a_finalizer_is_not_lost(wish: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_A_FINALIZER],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Whoever started the tests may have made its children deaf to it.
        preexec_fn=lambda: signal.signal(wish, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in the finalizer\n"
    process.send_signal(wish)
    said, _ = process.communicate(timeout=30)
    assert said == "heard\n"
