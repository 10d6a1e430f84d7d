"""What a port may raise. Services decide by these classes alone."""

from __future__ import annotations

from larder.domain.errors import LarderError


class PortError(LarderError):
    """Something outside answered no, or not at all."""


class Conflict(PortError):
    """A conditional write was refused: the stored record isn't the one that was read.

    After a lost answer this may be our own write: read again and decide anew.
    """


class Contended(PortError):
    """The record was changed by others all the while; try again later."""


class UnknownOrder(PortError):
    """There is no order of that id."""


class Unavailable(PortError):
    """A dependency didn't answer, or answered that it can't (time-out, reset, 429, 5xx).

    The effect may have happened. A circuit breaker counts these and nothing else.
    """


class StoreUnavailable(Unavailable):
    """A table, queue, bus or topic of ours."""


class AnnouncementRefused(PortError):
    """An audience was reached, and didn't take what it was told: people must see why."""


class ProviderUnavailable(Unavailable):
    """The payment provider."""


class ModelUnavailable(Unavailable):
    """The language model."""


class BreakerOpen(PortError):
    """The circuit breaker refused the call: nothing was sent. Try after `retry_after` seconds."""

    def __init__(self, dependency: str, retry_after: float) -> None:
        super().__init__(f"The circuit breaker of {dependency} is open.")
        self.dependency = dependency
        self.retry_after = retry_after


class ProviderNonsense(PortError):
    """The provider answered, but not what it publishes. It was reached, so no breaker counts it;
    the effect may have happened."""


class ProviderRefused(PortError):
    """The provider answered no (a 4xx other than 429): nothing happened, asking again won't help
    by itself. `code` is the provider's own where it gives one."""

    def __init__(self, message: str, *, status: int, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class DuplicateReference(ProviderRefused):
    """The provider already has a transaction of that reference."""


class TransactionUnknown(ProviderRefused):
    """The provider has no transaction of that reference."""


class AlreadyRefunded(ProviderRefused):
    """The transaction is refunded or reversed already."""


class ModelNonsense(PortError):
    """The model answered, but not what its schema asks for."""


class BadCursor(PortError):
    """The page cursor isn't one that we gave."""
