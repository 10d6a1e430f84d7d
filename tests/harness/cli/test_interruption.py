"""A wish to end is heard wherever Python happens to be."""

import signal
import subprocess
import sys

import pytest

_START = """
import time, weakref
from harness.interruption import heard, heed

class Thing: ...

def slow():
    print("here", flush=True)
    time.sleep(60)

heed()
"""
_IN_A_FINALIZER = """
thing = Thing()
weakref.finalize(thing, slow)
try:
    del thing
    time.sleep(60)
except KeyboardInterrupt:
    heard()
    print("heard")
"""
_WHERE_ALL_IS_CAUGHT = """
try:
    try:
        slow()
    except BaseException:
        pass
    time.sleep(60)
except KeyboardInterrupt:
    heard()
    print("heard")
"""
_WITH_MUCH_TO_CLEAN_UP = """
try:
    try:
        slow()
    finally:
        time.sleep(2)
        print("cleaned up")
except KeyboardInterrupt:
    heard()
    time.sleep(1)
    print("heard")
"""


def _sent(wish: signal.Signals, program: str) -> str:
    process = subprocess.Popen(
        [sys.executable, "-c", _START + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Whoever started the tests may have made its children deaf to it.
        preexec_fn=lambda: signal.signal(wish, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.send_signal(wish)
    said, _ = process.communicate(timeout=30)
    return said


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_one_that_falls_into_a_finalizer_is_not_lost(wish: signal.Signals) -> None:
    assert _sent(wish, _IN_A_FINALIZER).endswith("\nheard\n")


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_one_that_a_library_took_for_its_own_is_not_lost(wish: signal.Signals) -> None:
    assert _sent(wish, _WHERE_ALL_IS_CAUGHT) == "heard\n"


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_cleaning_up_is_not_interrupted_again(wish: signal.Signals) -> None:
    assert _sent(wish, _WITH_MUCH_TO_CLEAN_UP) == "cleaned up\nheard\n"
