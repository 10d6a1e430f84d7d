"""The halves that every target shares."""

from types import TracebackType
from typing import Self


class Entered:
    """A context manager whose leaving stops it."""

    def stop(self) -> None:
        """Take it down."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
