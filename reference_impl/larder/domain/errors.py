"""The root of every error that Larder raises on purpose, and those of its rules."""

from __future__ import annotations


class LarderError(Exception):
    """Root of Larder's errors."""


class DomainError(LarderError):
    """A rule of the store was broken by its caller."""


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies were put together."""


class IllegalStep(DomainError):
    """The order's lifecycle doesn't allow that change."""


class MalformedMessage(DomainError):
    """A message's body isn't a piece of work; a redrive can't mend it."""
