"""Access tokens: RS256, verified by a set of public keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from jwt.types import Options

from larder.services.tokens import BadToken, Identity

CLOCK_SKEW = 5.0
"""Seconds that an issuer's clock may be ahead of ours."""

_LONGEST = 4096
_OPTIONS: Options = {
    "require": ["iss", "aud", "exp", "nbf", "iat", "sub"],
    # Held against our own clock below, which tests can set; PyJWT has only the machine's.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class TokenVerifier:
    """Holds a token against the key set, issuer and audience. ``clock`` gives Unix seconds."""

    def __init__(
        self, key_set: str, issuer: str, audience: str, clock: Callable[[], float]
    ) -> None:
        self._keys = _read_keys(key_set)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def identity(self, authorization: str | None) -> Identity:
        """Whom an ``Authorization: Bearer …`` header names. Raises BadToken."""
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST:
            raise BadToken("there is no bearer token")
        claims = self._claims(token.strip())
        self._check_times(claims)
        user_id = claims["sub"]
        if not isinstance(user_id, str) or not 1 <= len(user_id) <= 128:
            raise BadToken("the subject is not a name")
        return Identity(
            user_id, _text(claims, "tier"), _text(claims, "scope"), _text(claims, "email")
        )

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise BadToken("the token names no key of ours")
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=self._issuer,
                options=_OPTIONS,
            )
        except jwt.PyJWTError as error:
            raise BadToken(type(error).__name__) from error
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock()
        times = [claims[name] for name in ("exp", "nbf", "iat")]
        if not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in times):
            raise BadToken("a time is not a number")
        expires, begins, issued = times
        if now >= expires:
            raise BadToken("the token has expired")
        if max(begins, issued) > now + CLOCK_SKEW:
            raise BadToken("the token is not valid yet")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value if isinstance(value, str) else ""


def _read_keys(key_set: str) -> dict[str, Any]:
    """The RSA signature keys of a JWKS by their ids; others are not for us."""
    keys = json.loads(key_set)["keys"]
    return {
        str(key["kid"]): jwt.PyJWK(key, algorithm="RS256").key
        for key in keys
        if key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and "kid" in key
    }
