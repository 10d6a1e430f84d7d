"""The clock of a stage in use: what its schedule does, beside the story and not in its way."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Clock:
    """Does one turn at a time, on a thread of its own; a turn that is due meanwhile is left out,
    as a schedule's would be by a function that still runs."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clock")
        self._turn: Future[object] | None = None

    def tick(self, turn: Callable[[], object]) -> None:
        """Begin a turn, unless one is under way.

        Raises:
            Exception: whatever the turn before this one raised.
        """
        if self._turn is not None:
            if not self._turn.done():
                return
            self._turn.result()
        self._turn = self._thread.submit(turn)

    def rest(self) -> None:
        """Wait until no turn is under way; what it raised is raised here."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.result()
