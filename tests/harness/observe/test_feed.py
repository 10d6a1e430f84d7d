import threading
import time

import pytest

from harness.observe.feed import Feed


def _feed(look: object, lost: list[tuple[str, str]]) -> Feed:
    return Feed("x", look, pause=lambda: 0.001, lost=lambda *told: lost.append(told))  # type: ignore[arg-type]


def test_a_feed_looks_once_more_after_it_was_stopped() -> None:
    looks: list[bool] = []
    first = threading.Event()

    def look() -> bool:
        looks.append(feed._stopping.is_set())
        first.set()
        return False

    feed = _feed(look, [])
    feed.start()
    assert first.wait(10)
    feed.ask_to_stop()
    feed.join(10)
    assert looks[-1] is True


def test_a_feed_that_is_woken_looks_without_waiting_for_its_pause_to_end() -> None:
    looks = threading.Semaphore(0)

    def look() -> bool:
        looks.release()
        return False

    feed = Feed("x", look, pause=lambda: 3600, lost=lambda *_: None)
    feed.start()
    assert looks.acquire(timeout=10)
    feed.wake()
    assert looks.acquire(timeout=10)
    feed.ask_to_stop()
    feed.join(10)
    assert not feed.is_alive()


def test_a_feed_that_can_no_longer_look_says_so_once_and_ends() -> None:
    lost: list[tuple[str, str]] = []

    def look() -> bool:
        raise ConnectionRefusedError("refused")

    feed = _feed(look, lost)
    feed.start()
    feed.join(10)
    assert not feed.is_alive()
    assert lost == [("x", "refused")]


def test_a_failure_now_and_then_is_no_loss() -> None:
    lost: list[tuple[str, str]] = []
    answers = iter([OSError("1"), OSError("2"), False, OSError("3"), OSError("4"), False])
    done = threading.Event()

    def look() -> bool:
        answer = next(answers, None)
        if isinstance(answer, OSError):
            raise answer
        if answer is None:
            done.set()
        return False

    feed = _feed(look, lost)
    feed.start()
    assert done.wait(10)
    feed.ask_to_stop()
    feed.join(10)
    assert lost == []


class _Waits(threading.Event):
    """Remembers for how long it was to be waited, and doesn't."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return False


@pytest.mark.parametrize(("waits", "least"), [(False, 4 * 0.01), (True, 0.001)])
def test_who_looks_slowly_looks_more_seldom_unless_looking_is_waiting(
    waits: bool, least: float
) -> None:
    def look() -> bool:
        time.sleep(0.01)
        feed.ask_to_stop()
        return False

    feed = Feed("x", look, pause=lambda: 0.001, lost=lambda *_: None, waits=waits)
    feed._woken = waited = _Waits()
    feed.start()
    feed.join(10)
    (seconds,) = waited.seconds
    assert seconds is not None
    assert seconds >= least
    assert (seconds == 0.001) is waits
