"""What a double is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from harness.doubles.exchange import Reply, Request, Route
from harness.faults import Menu
from harness.model import Json

if TYPE_CHECKING:
    from harness.doubles.host import Host


class Double(ABC):
    """A stand-in for a third party, faithful to what the provider publishes.

    Its state changes on the host's loop only: handlers run there, and what stories call is either
    a coroutine, awaited there, or touches nothing that handlers change.
    """

    name: ClassVar[str]
    """The service in fault points, and the first half of its operations' names in a history."""
    menu: ClassVar[Menu]
    """What can go wrong with it."""

    def __init__(self, host: "Host") -> None:
        self.host = host

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """The provider's operations."""

    @abstractmethod
    def error(self, status: int, code: str | None = None) -> Reply:
        """An error in the provider's own shape."""

    def key(self, request: Request) -> str | None:
        """The entity that the request is about, as far as it tells."""
        return None

    def summary(self, request: Request) -> Mapping[str, Json]:
        """What the history should know of the request; redacted after that."""
        return {}

    def attempt(self, request: Request) -> tuple[int, str | None]:
        """Which attempt of which SDK call it is, where the provider's SDK says."""
        return 1, None
