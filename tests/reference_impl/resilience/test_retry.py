"""Retry on a request path: within the caller's deadline, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from larder.resilience.retry import DeadlineRetry
from larder.resilience.schedule import Schedule
from larder.services.errors import BreakerOpen, ProviderRefused, ProviderUnavailable


@dataclass
class Caller:
    """Makes calls that take time and go wrong as planned; sleeping is time, too."""

    errors: list[Exception]
    takes: float = 0.0
    now: float = 0.0
    tries: list[float] = field(default_factory=list)

    def work(self) -> str:
        self.tries.append(self.now)
        self.now += self.takes
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def retry(self, deadline: float, reserve: float = 1.0) -> DeadlineRetry:
        return DeadlineRetry(
            schedule=Schedule((1, 2, 4), cap=30),
            deadline=deadline,
            reserve=reserve,
            clock=lambda: self.now,
            chance=lambda: 0.0,
            sleep=self.sleep,
        )


def down() -> ProviderUnavailable:
    return ProviderUnavailable("no answer")


def test_a_call_that_works_is_made_once() -> None:
    caller = Caller([])
    assert caller.retry(deadline=10)(caller.work) == "answer"
    assert caller.tries == [0]


def test_an_unavailable_dependency_is_asked_again_after_the_schedules_waits() -> None:
    caller = Caller([down(), down()])
    assert caller.retry(deadline=10)(caller.work) == "answer"
    assert caller.tries == [0, 1, 3]


@pytest.mark.parametrize(
    "error", [BreakerOpen("paystack", 5), ProviderRefused("no", status=400), KeyError("defect")]
)
def test_nothing_else_is_tried_again(error: Exception) -> None:
    caller = Caller([error])
    with pytest.raises(type(error)):
        caller.retry(deadline=10)(caller.work)
    assert len(caller.tries) == 1


def test_the_last_error_is_raised_when_the_tries_are_used_up() -> None:
    last = down()
    caller = Caller([down(), down(), down(), last])
    with pytest.raises(ProviderUnavailable) as raised:
        caller.retry(deadline=100)(caller.work)
    assert raised.value is last
    assert len(caller.tries) == 4


@given(deadline=st.floats(0, 12), takes=st.floats(0, 3))
def test_no_second_try_is_begun_that_could_end_after_the_deadline(
    deadline: float, takes: float
) -> None:
    caller = Caller([down() for _ in range(4)], takes=takes)
    with pytest.raises(ProviderUnavailable):
        caller.retry(deadline, reserve=takes)(caller.work)
    assert all(begun + takes <= deadline + 1e-6 for begun in caller.tries[1:])
