import os
import signal

import pytest

from harness.laws.side_by_side import side_by_side


def test_results_come_in_order_whoever_made_them() -> None:
    made = side_by_side(lambda n: (n, os.getpid()), 20, 2)
    assert [n for n, _ in made] == list(range(20))
    assert os.getpid() not in {pid for _, pid in made}


def test_one_process_makes_them_itself() -> None:
    assert side_by_side(lambda n: os.getpid(), 3, 1) == (os.getpid(),) * 3


def test_nothing_to_do_gives_nothing() -> None:
    assert side_by_side(lambda n: n, 0, 2) == ()


def test_a_process_that_dies_is_told_and_never_taken_for_a_result() -> None:
    def dies(n: int) -> int:
        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    with pytest.raises(RuntimeError, match="missing: a process died"):
        side_by_side(dies, 3, 2)
