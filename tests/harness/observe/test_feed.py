import threading

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
