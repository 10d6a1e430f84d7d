"""Access tokens: only ours, only now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from larder.adapters.tokens import TokenVerifier
from larder.services.tokens import BadToken, Identity

NOW = 1_795_000_000
KEY = rsa.generate_private_key(65537, 2048)
ANOTHER = rsa.generate_private_key(65537, 2048)
CLAIMS = {
    "iss": "https://id.example",
    "aud": "larder",
    "sub": "customer-001",
    "tier": "premium",
    "scope": "shop",
    "email": "adaeze@example.com",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 900,
}


def jwk(key: rsa.RSAPrivateKey, **more: object) -> dict[str, Any]:
    numbers = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**numbers, "kid": "k1", "use": "sig", **more}


def signed(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "k1", **changes: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    headers = {"kid": kid} if kid is not None else {}
    return "Bearer " + jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def verifier(now: float = NOW + 1) -> TokenVerifier:
    keys = json.dumps({"keys": [jwk(KEY), {"kty": "EC", "kid": "ec"}, jwk(ANOTHER, use="enc")]})
    return TokenVerifier(keys, "https://id.example", "larder", lambda: now)


def test_a_good_token_names_a_customer() -> None:
    assert verifier().identity(signed()) == Identity(
        "customer-001", "premium", "shop", "adaeze@example.com"
    )


def test_the_scheme_is_bearer_in_any_case() -> None:
    assert verifier().identity(signed().replace("Bearer", "bearer")).user_id == "customer-001"


def test_a_token_without_tier_has_none() -> None:
    assert verifier().identity(signed(tier=None)).tier == ""


def hmac_by_the_public_key() -> str:
    """What a verifier accepts that lets the token choose the algorithm."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": "k1"}, CLAIMS)
    )
    mac = hmac.new(public, head + b"." + body, hashlib.sha256).digest()
    return "Bearer " + b".".join((head, body, base64.urlsafe_b64encode(mac).rstrip(b"="))).decode()


def tampered() -> str:
    head, _, signature = signed().removeprefix("Bearer ").split(".")
    forged = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "sub": "customer-002"}).encode())
    return f"Bearer {head}.{forged.decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer nonsense",
        "Bearer a.b.c",
        "Bearer " + "a" * 5000,
        signed().removeprefix("Bearer "),
        signed().replace("Bearer", "Basic"),
        signed(ANOTHER),
        signed(kid="unknown"),
        signed(kid=None),
        signed(None, algorithm="none"),
        hmac_by_the_public_key(),
        tampered(),
        signed(iss="https://evil.example"),
        signed(aud="another-api"),
        signed(sub=""),
        signed(sub="x" * 129),
        *(signed(**{claim: None}) for claim in ("iss", "aud", "sub", "exp", "nbf", "iat")),
        signed(exp=NOW),
        signed(nbf=NOW + 60),
        signed(iat=NOW + 60),
    ],
)
def test_any_other_token_is_refused(header: str | None) -> None:
    with pytest.raises(BadToken):
        verifier().identity(header)


def test_a_token_ends_at_its_time_and_not_later() -> None:
    token = signed()
    assert verifier(NOW + 899).identity(token)
    with pytest.raises(BadToken, match="expired"):
        verifier(NOW + 900).identity(token)


def test_without_keys_every_token_is_refused() -> None:
    empty = TokenVerifier('{"keys": []}', "https://id.example", "larder", lambda: NOW)
    with pytest.raises(BadToken):
        empty.identity(signed())
