"""Tokens, good and bad, judged by a library that isn't ours."""

from typing import Any

import jwt
import pytest
import urllib3

from scenarios.doubles import Issuer
from scenarios.doubles.issuer import FORGERIES


@pytest.fixture
def pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False, timeout=3)


def accepted(issuer: Issuer, pool: urllib3.PoolManager, token: str) -> dict[str, Any]:
    """The claims, as a careful verifier that fetched the key set takes them; the double's clock
    is fixed, so times are judged by it."""
    keys = pool.request("GET", issuer.host.url + "/.well-known/jwks.json").json()["keys"]
    named = {k["kid"]: jwt.PyJWK(k) for k in keys}
    kid = jwt.get_unverified_header(token).get("kid")
    if kid not in named:
        raise jwt.InvalidKeyError
    claims: dict[str, Any] = jwt.decode(
        token, named[kid].key, algorithms=["RS256"], audience="larder-api",
        issuer="https://id.larder.example",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )  # fmt: skip
    now = 1_790_000_000
    if not claims["nbf"] <= now < claims["exp"]:
        raise jwt.ExpiredSignatureError
    return claims


def test_a_token_says_who_it_is_about_and_of_which_tier(
    issuer: Issuer, pool: urllib3.PoolManager
) -> None:
    token = issuer.token("alice", tier="premium", email="a@example.com", expires_in=60)
    claims = accepted(issuer, pool, token)
    wanted = {"sub": "alice", "tier": "premium", "email": "a@example.com"}
    assert {k: claims[k] for k in wanted} == wanted
    assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_forgery_is_refused(issuer: Issuer, pool: urllib3.PoolManager, forgery: str) -> None:
    with pytest.raises(jwt.PyJWTError):
        accepted(issuer, pool, issuer.token("alice", forgery=forgery))


def test_a_forgery_nobody_knows_is_a_mistake_of_the_caller(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="none of"):
        issuer.token("alice", forgery="beautiful")


def test_client_credentials_give_a_bearer_token(issuer: Issuer, pool: urllib3.PoolManager) -> None:
    fields = {
        "grant_type": "client_credentials",
        "client_id": "c",
        "subject": "bob",
        "tier": "low",
        "scope": "orders products",
    }
    answer = pool.request_encode_body(
        "POST", issuer.host.url + "/oauth/token", fields, encode_multipart=False
    )
    body = answer.json()
    assert (answer.status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    claims = accepted(issuer, pool, body["access_token"])
    assert (claims["sub"], claims["tier"], claims["scope"]) == ("bob", "low", "orders products")


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
    ],
)
def test_a_token_request_that_is_wrong_is_refused_as_oauth_says(
    issuer: Issuer, pool: urllib3.PoolManager, fields: dict[str, str], status: int, error: str
) -> None:
    answer = pool.request_encode_body(
        "POST", issuer.host.url + "/oauth/token", fields, encode_multipart=False
    )
    assert (answer.status, answer.json()) == (status, {"error": error})


def test_discovery_leads_to_the_keys(issuer: Issuer, pool: urllib3.PoolManager) -> None:
    found = pool.request("GET", issuer.host.url + "/.well-known/openid-configuration").json()
    assert pool.request("GET", found["jwks_uri"]).json()["keys"][0]["kty"] == "RSA"
