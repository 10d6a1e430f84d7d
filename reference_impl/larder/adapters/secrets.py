"""Secrets from Secrets Manager, kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from larder.adapters.aws import store_errors
from larder.services.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

FRESH_FOR = 300.0
"""Seconds before a secret is asked for again."""

ASK_AGAIN_AFTER = 15.0
"""Seconds that the last good value serves before Secrets Manager is tried again."""


class CachedSecret:
    """One secret, the whole string. While Secrets Manager can't be reached, or a rotation is half
    done, the last good value serves. ``clock`` gives seconds and never goes back; ``complain`` is
    told each time that an old value had to serve."""

    def __init__(
        self,
        client: SecretsManagerClient,
        arn: str,
        clock: Callable[[], float],
        complain: Callable[[str], None],
    ) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._complain = complain
        self._value: str | None = None
        self._ask_at = 0.0

    def value(self) -> str:
        """The secret. Raises StoreUnavailable when it was never read."""
        if self._value is None or self._clock() >= self._ask_at:
            self._refresh()
        if self._value is None:
            raise StoreUnavailable("The secret is empty: put the provider's key in it.")
        return self._value

    def _refresh(self) -> None:
        try:
            with store_errors("read the secret"):
                answer = self._client.get_secret_value(SecretId=self._arn)
            self._value = answer["SecretString"]
            self._ask_at = self._clock() + FRESH_FOR
        except StoreUnavailable as error:
            if self._value is None:
                raise
            self._ask_at = self._clock() + ASK_AGAIN_AFTER
            self._complain(f"{error} The last good value serves.")
