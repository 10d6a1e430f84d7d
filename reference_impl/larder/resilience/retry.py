"""Retry on a request path, bounded by the caller's deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type

from larder.resilience.schedule import Schedule
from larder.services.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True)
class DeadlineRetry:
    """Repeats a call that found its dependency unavailable, as long as another try can end in
    time.

    ``deadline`` is a moment on ``clock`` (seconds) and ``reserve`` the seconds that one try may
    take: a try that could not end before the deadline isn't begun.
    """

    schedule: Schedule
    deadline: float
    reserve: float
    clock: Callable[[], float]
    chance: Callable[[], float]
    sleep: Callable[[float], None]

    def __call__(self, work: Callable[[], T], /) -> T:
        """The work's answer; its last error when tries or time are used up."""
        retrying = Retrying(
            retry=retry_if_exception_type(Unavailable),
            wait=self._wait,
            stop=self._stop,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(work)

    def _wait(self, state: RetryCallState) -> float:
        return self.schedule.wait_after(state.attempt_number, self.chance)

    def _stop(self, state: RetryCallState) -> bool:
        # tenacity computes the wait before it asks whether to stop
        if self.schedule.exhausted(state.attempt_number):
            return True
        return self.clock() + state.upcoming_sleep + self.reserve > self.deadline
