"""Tokens of an OpenID Connect issuer, by its published keys."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jwt
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from harness.sdl import Mode
from harness.targets.appsync.api import OidcProvider
from harness.targets.appsync.auth.jwks import KeySets
from harness.targets.appsync.caller import Caller
from harness.targets.appsync.errors import Refused, unauthorized

_JWT = re.compile(r"(?:Bearer )?[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Only those whose public key verifies: never ``none``, never a shared secret."""
_NOT_VALID = "Valid authorization header not provided."


def looks_like_jwt(token: str) -> bool:
    """Whether it is a token that an OIDC mode takes before an authorizer function does."""
    return _JWT.fullmatch(token) is not None


class Oidc:
    """The issuers that an API trusts."""

    def __init__(
        self, issuers: Iterable[OidcProvider], key_sets: KeySets, clock: Callable[[], float]
    ) -> None:
        self._issuers = {provider.issuer: provider for provider in issuers}
        self._key_sets = key_sets
        self._clock = clock

    async def admit(self, token: str) -> Caller:
        """The token's subject.

        Raises:
            Refused: signature, issuer, audience or time aren't right.
        """
        bare = token.removeprefix("Bearer ")
        try:
            header = jwt.get_unverified_header(bare)
            unverified = jwt.decode(bare, options={"verify_signature": False})
        except PyJWTError:
            raise unauthorized("Unable to parse JWT token.") from None
        provider = self._issuers.get(str(unverified.get("iss", "")).rstrip("/"))
        if provider is None:
            raise unauthorized(_NOT_VALID)
        claims = await self._verified(bare, header, provider)
        self._check(claims, provider)
        return Caller(
            Mode.OIDC, {"sub": claims.get("sub"), "issuer": claims["iss"], "claims": claims}
        )

    async def _verified(
        self, token: str, header: Mapping[str, Any], provider: OidcProvider
    ) -> dict[str, Any]:
        key = await self._key_sets.key(provider.issuer, header.get("kid"))
        if key is None or header.get("alg") not in _ALGORITHMS:
            raise unauthorized(_NOT_VALID)
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[str(header["alg"])],
                # Times are checked below, against our clock.
                options={"verify_aud": False, "verify_exp": False, "verify_nbf": False,
                         "verify_iat": False, "require": ["exp", "iss"]},
            )  # fmt: skip
        except ExpiredSignatureError:
            raise _expired() from None
        except (PyJWTError, ValueError, TypeError):
            raise unauthorized(_NOT_VALID) from None

    def _check(self, claims: Mapping[str, Any], provider: OidcProvider) -> None:
        now = self._clock()
        if _number(claims.get("exp")) <= now:
            raise _expired()
        if _number(claims.get("nbf", 0)) > now:
            raise unauthorized(_NOT_VALID)
        for claim, ttl in (("iat", provider.iat_ttl), ("auth_time", provider.auth_ttl)):
            if ttl and _number(claims.get(claim)) + ttl <= now:
                raise _expired()
        if provider.client is not None and not any(
            provider.client.fullmatch(name) for name in _clients(claims)
        ):
            raise unauthorized(_NOT_VALID)


def _clients(claims: Mapping[str, Any]) -> list[str]:
    audience = claims.get("aud")
    names = audience if isinstance(audience, list) else [audience]
    return [str(name) for name in (*names, claims.get("azp")) if name]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("-inf")


def _expired() -> Refused:
    return unauthorized("Token has expired.")
