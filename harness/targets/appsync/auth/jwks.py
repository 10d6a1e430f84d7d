"""Issuers' public keys, found by OpenID discovery."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

_KEPT = 300.0
_PAUSE = 5.0
"""Seconds before an issuer is asked again for a key that it didn't have."""


class KeySets:
    """Fetches each issuer's keys and keeps them for a while; asks again for a key it doesn't know.

    Args:
        where: issuer → the address its discovery document is served under, for an issuer whose
            name isn't its address (a double).
    """

    def __init__(
        self,
        where: Mapping[str, str] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._where = {k.rstrip("/"): v.rstrip("/") for k, v in (where or {}).items()}
        self._clock = clock
        self._sets: dict[str, tuple[float, Mapping[str, PyJWK]]] = {}
        self._session: ClientSession | None = None

    async def key(self, issuer: str, kid: str | None) -> PyJWK | None:
        """The issuer's key of this id; its only key when a token names none."""
        fetched, keys = self._sets.get(issuer, (float("-inf"), {}))
        age = self._clock() - fetched
        if age > _KEPT or (_pick(keys, kid) is None and age > _PAUSE):
            keys = await self._fetch(issuer) or keys
            self._sets[issuer] = (self._clock(), keys)
        return _pick(keys, kid)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _fetch(self, issuer: str) -> Mapping[str, PyJWK]:
        base = self._where.get(issuer, issuer)
        try:
            discovery = await self._get(f"{base}/.well-known/openid-configuration")
            found = PyJWKSet.from_dict(await self._get(str(discovery["jwks_uri"])))
        except (ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, PyJWTError):
            return {}
        return {key.key_id or "": key for key in found.keys}

    async def _get(self, url: str) -> Any:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=5))
        async with self._session.get(url) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def _pick(keys: Mapping[str, PyJWK], kid: str | None) -> PyJWK | None:
    if kid is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(kid)
